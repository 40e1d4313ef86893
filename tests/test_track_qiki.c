/* SPDX-License-Identifier: Apache-2.0 */
#include "track_stand.h"
int main(void)
{
    return 0;
}
