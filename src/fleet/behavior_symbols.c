/* SPDX-License-Identifier: Apache-2.0 */
#include "behavior_symbols.h"
