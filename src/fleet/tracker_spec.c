/* SPDX-License-Identifier: Apache-2.0 */
#include "tracker_spec.h"
