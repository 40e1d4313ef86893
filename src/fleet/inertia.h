/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_INERTIA_H
#define QF_INERTIA_H

/* Principal moments, ascending, of a symmetric tensor xx, yy, zz, xy, xz, yz: by Jacobi's rotations. */
void qf_principal_moments(const double tensor[6], double moment[3]);

#endif
