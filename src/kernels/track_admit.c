/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"

typedef int qf_track_admit_placeholder;
