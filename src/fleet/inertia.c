/* SPDX-License-Identifier: Apache-2.0 */
#include "inertia.h"

#include <math.h>

/* turns about the third axis so that element (p, q) becomes 0: Golub and Van Loan, 8.5 */
static void rotate(double a[3][3], int p, int q)
{
    if (a[p][q] == 0.0) {
        return;
    }
    const double tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    const double t = (tau >= 0.0 ? 1.0 : -1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
    const double c = 1.0 / sqrt(1.0 + t * t);
    const double s = t * c;
    const int r = 3 - p - q;
    const double shift = t * a[p][q];
    const double rp = a[r][p];
    const double rq = a[r][q];
    a[p][p] -= shift;
    a[q][q] += shift;
    a[p][q] = a[q][p] = 0.0;
    a[r][p] = a[p][r] = c * rp - s * rq;
    a[r][q] = a[q][r] = s * rp + c * rq;
}

void qf_principal_moments(const double tensor[6], double moment[3])
{
    double a[3][3] = {{tensor[0], tensor[3], tensor[4]},
                      {tensor[3], tensor[1], tensor[5]},
                      {tensor[4], tensor[5], tensor[2]}};
    /* it converges quadratically: after ten sweeps nothing is left of any tensor of doubles */
    for (int sweep = 0; sweep < 10; sweep++) {
        rotate(a, 0, 1);
        rotate(a, 0, 2);
        rotate(a, 1, 2);
    }
    for (int k = 0; k < 3; k++) {
        int place = k;
        for (; place > 0 && moment[place - 1] > a[k][k]; place--) {
            moment[place] = moment[place - 1];
        }
        moment[place] = a[k][k];
    }
}
