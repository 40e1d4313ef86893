/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EVENT_SEVERITY_H
#define QF_EVENT_SEVERITY_H

#include "event.h"

/* The severity that the event table gives each code, as a constant: QF_SEVERITY_OF(TRANSITION). */
#define QF_SEVERITY_OF(id) ((qf_severity)QF_SEVERITY_OF_##id)

enum {
#define QF_EVENT(id, code, severity, name) QF_SEVERITY_OF_##id = QF_SEVERITY_##severity,
    QF_EVENT_TABLE(QF_EVENT)
#undef QF_EVENT
};

#endif
