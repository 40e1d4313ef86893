/* SPDX-License-Identifier: Apache-2.0 */
#include "event_causes.h"

#include <assert.h>
#include <stdlib.h>

#include "scenario.h"

void qf_event_causes_free(qf_event_causes *causes)
{
    free(causes->open);
    free(causes->latest);
    *causes = (qf_event_causes){0};
}

/* of a table that holds so many and is being made of one of half the size */
static size_t predicted_bytes(size_t n, double most_full, size_t bytes)
{
    size_t capacity = 1024;
    while ((double)n > most_full * (double)capacity) {
        capacity *= 2;
    }
    return n > 0 ? (capacity + capacity / 2) * bytes : 0;
}

size_t qf_event_causes_predicted_bytes(size_t n_latest, size_t n_open)
{
    return predicted_bytes(n_latest, 0.75, sizeof(qf_latest_event)) +
           predicted_bytes(n_open, 0.5, sizeof(qf_open_event));
}

size_t qf_event_causes_bytes(const qf_event_causes *causes)
{
    return causes->open_capacity * sizeof *causes->open +
           causes->latest_capacity * sizeof *causes->latest;
}

/* What lasts from one event to another; numbers keep the keys of one vehicle apart. */
typedef enum event_condition {
    CONDITION_NONE,
    CONDITION_BOOT, /* of vehicles that behave; others are ready at once */
    CONDITION_TRACK,
    CONDITION_RCS,
    CONDITION_DEVICE,
    CONDITION_SITUATION,
    CONDITION_POWER,
    CONDITION_THERMAL,
    CONDITION_GUARD,
    CONDITION_FAULT,
    CONDITION_STOP,
    CONDITION_SAFE_MODE,
    CONDITION_BEHAVIOR, /* from one behaviour to the next */
    CONDITION_AVOIDING,
    CONDITION_LINK,
    CONDITION_CAPTURE,
    CONDITION_TASK,
    CONDITION_ECLIPSE,
} event_condition;

typedef enum event_part {
    PART_BEGINS,
    PART_FOLLOWS, /* not the first of its condition, and yet no end: a consequence */
    PART_ENDS,
} event_part;

typedef struct event_role {
    event_condition condition;
    event_part part;
    qf_topic topic;
    bool
        decided; /* also where the vehicle itself decided so; else that is a code it emits, and means nothing here */
} event_role;

static const event_role roles[QF_EVENT_CODES] = {
    [QF_EVENT_BOOT_START] = {CONDITION_BOOT, PART_BEGINS, QF_TOPIC_BIOS, true},
    [QF_EVENT_BOOT_OK] = {CONDITION_BOOT, PART_ENDS, QF_TOPIC_BIOS, true},
    [QF_EVENT_BOOT_FAILED] = {CONDITION_BOOT, PART_FOLLOWS, QF_TOPIC_BIOS, true},
    [QF_EVENT_MISSION_RECEIVED] = {.topic = QF_TOPIC_MISSION, .decided = true},
    [QF_EVENT_MISSION_ACCEPTED] = {.topic = QF_TOPIC_MISSION, .decided = true},
    [QF_EVENT_MISSION_FINISHED] = {.topic = QF_TOPIC_MISSION, .decided = true},
    [QF_EVENT_TRANSITION] = {.topic = QF_TOPIC_MACHINE, .decided = true},
    [QF_EVENT_TRIGGER] = {.topic = QF_TOPIC_MACHINE, .decided = true},
    [QF_EVENT_DEVICE_FAILED] = {CONDITION_DEVICE, PART_BEGINS, QF_TOPIC_DEVICE, false},
    [QF_EVENT_DEVICE_OK] = {CONDITION_DEVICE, PART_ENDS, QF_TOPIC_DEVICE, false},
    [QF_EVENT_TRACK_CONFIRMED] = {CONDITION_TRACK, PART_BEGINS, QF_TOPIC_TRACK, false},
    [QF_EVENT_TRACK_GONE] = {CONDITION_TRACK, PART_ENDS, QF_TOPIC_TRACK, false},
    [QF_EVENT_RCS_START] = {CONDITION_RCS, PART_BEGINS, QF_TOPIC_NONE, false},
    [QF_EVENT_RCS_STOP] = {CONDITION_RCS, PART_ENDS, QF_TOPIC_NONE, false},
    [QF_EVENT_COMMAND] = {.topic = QF_TOPIC_COMMAND, .decided = true},
    [QF_EVENT_ACTUATION] = {.topic = QF_TOPIC_ACTUATION, .decided = true},
    [QF_EVENT_ACTUATION_FAILED] = {.topic = QF_TOPIC_ACTUATION, .decided = true},
    [QF_EVENT_BEHAVIOR_STARTED] = {CONDITION_BEHAVIOR, PART_BEGINS, QF_TOPIC_GUIDANCE, true},
    [QF_EVENT_BEHAVIOR_DONE] = {.topic = QF_TOPIC_GUIDANCE, .decided = true},
    [QF_EVENT_WAYPOINT_REACHED] = {.topic = QF_TOPIC_GUIDANCE, .decided = true},
    [QF_EVENT_AVOIDING] = {CONDITION_AVOIDING, PART_BEGINS, QF_TOPIC_GUIDANCE, true},
    [QF_EVENT_AVOIDED] = {CONDITION_AVOIDING, PART_ENDS, QF_TOPIC_GUIDANCE, true},
    [QF_EVENT_LINK_LOST] = {CONDITION_LINK, PART_BEGINS, QF_TOPIC_LINK, true},
    [QF_EVENT_LINK_OK] = {CONDITION_LINK, PART_ENDS, QF_TOPIC_LINK, true},
    [QF_EVENT_SOFT_CAPTURE] = {CONDITION_CAPTURE, PART_BEGINS, QF_TOPIC_DOCKING, true},
    [QF_EVENT_HARD_CAPTURE] = {CONDITION_CAPTURE, PART_FOLLOWS, QF_TOPIC_DOCKING, true},
    [QF_EVENT_UNDOCKED] = {CONDITION_CAPTURE, PART_ENDS, QF_TOPIC_DOCKING, true},
    [QF_EVENT_CAPTURE_FAILED] = {CONDITION_CAPTURE, PART_ENDS, QF_TOPIC_DOCKING, true},
    [QF_EVENT_LATCH_BROKEN] = {CONDITION_CAPTURE, PART_ENDS, QF_TOPIC_DOCKING, true},
    [QF_EVENT_TASK_WON] = {CONDITION_TASK, PART_BEGINS, QF_TOPIC_TASK, true},
    [QF_EVENT_TASK_DONE] = {CONDITION_TASK, PART_ENDS, QF_TOPIC_TASK, true},
    [QF_EVENT_TASK_LOST] = {CONDITION_TASK, PART_ENDS, QF_TOPIC_TASK, true},
    [QF_EVENT_COLLISION] = {.topic = QF_TOPIC_COLLISION, .decided = true},
    [QF_EVENT_SITUATION] = {CONDITION_SITUATION, PART_FOLLOWS, QF_TOPIC_SITUATION, false},
    [QF_EVENT_SITUATION_LOST] = {CONDITION_SITUATION, PART_FOLLOWS, QF_TOPIC_SITUATION, false},
    [QF_EVENT_SITUATION_RESOLVED] = {CONDITION_SITUATION, PART_ENDS, QF_TOPIC_SITUATION, false},
    [QF_EVENT_POWER_LOW] = {CONDITION_POWER, PART_BEGINS, QF_TOPIC_POWER, false},
    [QF_EVENT_POWER_CRITICAL] = {CONDITION_POWER, PART_FOLLOWS, QF_TOPIC_POWER, false},
    [QF_EVENT_POWER_OK] = {CONDITION_POWER, PART_ENDS, QF_TOPIC_POWER, false},
    [QF_EVENT_ECLIPSE_BEGIN] = {CONDITION_ECLIPSE, PART_BEGINS, QF_TOPIC_POWER, false},
    [QF_EVENT_ECLIPSE_END] = {CONDITION_ECLIPSE, PART_ENDS, QF_TOPIC_POWER, false},
    [QF_EVENT_THERMAL_TRIP] = {CONDITION_THERMAL, PART_BEGINS, QF_TOPIC_THERMAL, false},
    [QF_EVENT_THERMAL_OK] = {CONDITION_THERMAL, PART_ENDS, QF_TOPIC_THERMAL, false},
    [QF_EVENT_FAULT] = {CONDITION_FAULT, PART_BEGINS, QF_TOPIC_FAULT, false},
    [QF_EVENT_FAULT_OVER] = {CONDITION_FAULT, PART_ENDS, QF_TOPIC_FAULT, false},
    [QF_EVENT_GUARD_ALERT] = {CONDITION_GUARD, PART_BEGINS, QF_TOPIC_GUARD, false},
    [QF_EVENT_GUARD_CLEAR] = {CONDITION_GUARD, PART_ENDS, QF_TOPIC_GUARD, false},
    [QF_EVENT_EMERGENCY_STOP] = {CONDITION_STOP, PART_BEGINS, QF_TOPIC_STOP, true},
    [QF_EVENT_EMERGENCY_OVER] = {CONDITION_STOP, PART_ENDS, QF_TOPIC_STOP, true},
    [QF_EVENT_SAFE_MODE] = {CONDITION_SAFE_MODE, PART_BEGINS, QF_TOPIC_STOP, true},
    [QF_EVENT_SAFE_MODE_OVER] = {CONDITION_SAFE_MODE, PART_ENDS, QF_TOPIC_STOP, true},
};

static event_role role_of(const qf_event *event, bool behaves)
{
    event_role role = roles[event->code];
    if (event->moment == QF_MOMENT_DECIDE && !role.decided) {
        role = roles[0];
    }
    if (role.condition == CONDITION_BOOT && !behaves) {
        role.condition = CONDITION_NONE;
    }
    return role;
}

static qf_event_key make_key(uint32_t entity, event_condition condition, int32_t subject,
                             int32_t track)
{
    return (qf_event_key){(uint64_t)entity << 8 | (uint64_t)condition | UINT64_C(1) << 63,
                          (uint64_t)(uint32_t)subject << 32 | (uint32_t)track};
}

/* the same for the event that opens a condition and the one that ends it */
static qf_event_key key_of(const qf_event *event, event_condition condition)
{
    const bool per_subject = condition == CONDITION_THERMAL || condition == CONDITION_DEVICE ||
                             condition == CONDITION_FAULT || condition == CONDITION_GUARD ||
                             condition == CONDITION_SITUATION || condition == CONDITION_CAPTURE ||
                             condition == CONDITION_TASK;
    const bool per_track = condition != CONDITION_AVOIDING; /* of whichever track: it is one turn */
    return make_key(event->entity, condition, per_subject ? event->subject : -1,
                    per_track ? event->track : -1);
}

static qf_open_event *find_open(qf_open_event *table, size_t capacity, qf_event_key key)
{
    /* products carry upwards only: the subject in the high half has to come down to be in the index */
    const uint64_t subject = key.subject * UINT64_C(0xC2B2AE3D27D4EB4F);
    const uint64_t mixed = (key.vehicle ^ subject ^ subject >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(mixed >> 20) & (capacity - 1);
    while (table[at].key.vehicle != 0 &&
           (table[at].key.vehicle != key.vehicle || table[at].key.subject != key.subject)) {
        at = (at + 1) & (capacity - 1);
    }
    return &table[at];
}

/* for n more; what has ended is left out when the table is full */
static bool make_room_to_open(qf_event_causes *causes, size_t n)
{
    if (2 * (causes->n_open + n) <= causes->open_capacity) {
        return true;
    }
    size_t n_open = 0;
    for (size_t i = 0; i < causes->open_capacity; i++) {
        n_open += causes->open[i].key.vehicle != 0 && causes->open[i].index >= 0;
    }
    size_t capacity = causes->open_capacity ? causes->open_capacity : 1024;
    while (4 * (n_open + n) > capacity) {
        capacity *= 2;
    }
    qf_open_event *table = calloc(capacity, sizeof *table);
    if (!table) {
        return false;
    }
    for (size_t i = 0; i < causes->open_capacity; i++) {
        if (causes->open[i].key.vehicle != 0 && causes->open[i].index >= 0) {
            *find_open(table, capacity, causes->open[i].key) = causes->open[i];
        }
    }
    free(causes->open);
    causes->open = table;
    causes->n_open = n_open;
    causes->open_capacity = capacity;
    return true;
}

/* -1: nothing is open */
static int64_t opened(const qf_event_causes *causes, qf_event_key key)
{
    const qf_open_event *open =
        causes->open ? find_open(causes->open, causes->open_capacity, key) : NULL;
    return open && open->key.vehicle != 0 ? open->index : -1;
}

static bool keep_open(qf_event_causes *causes, qf_event_key key, int64_t index)
{
    if (!make_room_to_open(causes, 1)) {
        return false;
    }
    qf_open_event *open = find_open(causes->open, causes->open_capacity, key);
    if (open->key.vehicle == 0 && index < 0) {
        return true; /* an end without a beginning */
    }
    causes->n_open += open->key.vehicle == 0;
    *open = (qf_open_event){.key = key, .index = index};
    return true;
}

enum {
    TICK_OF_RCS_COMMAND = QF_TOPICS, /* a topic whose number is no event's but a tick */
    SUBJECT_BITS = 24,
};

/* subjects are few: rules, devices, machines; `subject` -1: any */
static uint64_t latest_key(uint32_t entity, int topic, int32_t subject)
{
    return (uint64_t)entity << 32 | (uint64_t)topic << SUBJECT_BITS |
           ((uint64_t)((int64_t)subject + 1) & ((UINT64_C(1) << SUBJECT_BITS) - 1));
}

static qf_latest_event *find_latest(qf_latest_event *table, size_t capacity, uint64_t key)
{
    const uint64_t spread = key * UINT64_C(0xC2B2AE3D27D4EB4F);
    const uint64_t mixed = (spread ^ spread >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(mixed >> 20) & (capacity - 1);
    while (table[at].key != 0 && table[at].key != key) {
        at = (at + 1) & (capacity - 1);
    }
    return &table[at];
}

/* for n more; nothing of it ever ends, so nothing is left out */
static bool make_room_for_latest(qf_event_causes *causes, size_t n)
{
    if (4 * (causes->n_latest + n) <= 3 * causes->latest_capacity) {
        return true;
    }
    size_t capacity = causes->latest_capacity ? 2 * causes->latest_capacity : 256;
    while (4 * (causes->n_latest + n) > 3 * capacity) {
        capacity *= 2;
    }
    qf_latest_event *table = calloc(capacity, sizeof *table);
    if (!table) {
        return false;
    }
    for (size_t i = 0; i < causes->latest_capacity; i++) {
        if (causes->latest[i].key != 0) {
            *find_latest(table, capacity, causes->latest[i].key) = causes->latest[i];
        }
    }
    free(causes->latest);
    causes->latest = table;
    causes->latest_capacity = capacity;
    return true;
}

static int64_t latest(const qf_event_causes *causes, uint32_t entity, int topic, int32_t subject)
{
    if (!causes->latest) {
        return -1;
    }
    const qf_latest_event *found =
        find_latest(causes->latest, causes->latest_capacity, latest_key(entity, topic, subject));
    return found->key ? found->index : -1;
}

static bool keep_latest(qf_event_causes *causes, qf_latest_event event)
{
    if (!make_room_for_latest(causes, 1)) {
        return false;
    }
    qf_latest_event *found = find_latest(causes->latest, causes->latest_capacity, event.key);
    causes->n_latest += found->key == 0;
    *found = event;
    return true;
}

static bool remember(qf_event_causes *causes, uint32_t entity, int topic, int32_t subject,
                     int64_t index)
{
    return keep_latest(
        causes, (qf_latest_event){.key = latest_key(entity, topic, subject), .index = index});
}

static bool remember_event(qf_event_causes *causes, const qf_event *event, qf_topic topic,
                           int64_t index, const qf_asked *asked)
{
    if (topic == QF_TOPIC_NONE) {
        return true;
    }
    const int32_t subject = topic == QF_TOPIC_MACHINE ? event->machine : event->subject;
    bool good = true;
    if (asked->any >> topic & 1) {
        good = remember(causes, event->entity, (int)topic, -1, index);
    }
    if (subject >= 0 && asked->single >> topic & 1) {
        good = good && remember(causes, event->entity, (int)topic, subject, index);
    }
    if (topic == QF_TOPIC_COMMAND && subject == QF_COMMAND_RCS) {
        good = good && remember(causes, event->entity, TICK_OF_RCS_COMMAND, -1, event->tick);
    }
    return good;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* whether all devices work, which a vehicle decides by, also changes after the self-test: with its devices */
static int64_t reason_of(const qf_event_causes *causes, const qf_event *event,
                         const qf_asked *asked)
{
    const bool decided = event->moment == QF_MOMENT_DECIDE;
    int64_t reason = -1;
    (void)asked; /* in builds without asserts */
    for (size_t i = 0; i < event->n_because; i++) {
        const qf_cause *because = &event->because[i];
        /* a single device that is asked for is open, and found so, if nobody has had it remembered */
        assert(because->topic == QF_TOPIC_NONE || because->topic == QF_TOPIC_DEVICE ||
               ((because->subject < 0 ? asked->any : asked->single) >> because->topic & 1));
        reason = later(reason, latest(causes, event->entity, because->topic, because->subject));
        if (decided && because->topic == QF_TOPIC_BIOS) {
            reason = later(reason, latest(causes, event->entity, QF_TOPIC_DEVICE, -1));
        }
    }
    return reason;
}

/* thrusters start at the end of the tick at whose beginning they were told to */
static int64_t command_of(const qf_event_causes *causes, const qf_event *start)
{
    const int64_t given = latest(causes, start->entity, TICK_OF_RCS_COMMAND, -1);
    return given >= 0 && given == start->tick - 1
               ? latest(causes, start->entity, QF_TOPIC_COMMAND, QF_COMMAND_RCS)
               : -1;
}

/* a self-test fails because of a device, which works again since its fault is over, and a stop is over because the
   vehicle was told so: that comes first */
static bool ends_for_a_reason(event_condition condition)
{
    return condition == CONDITION_BOOT || condition == CONDITION_DEVICE ||
           condition == CONDITION_STOP || condition == CONDITION_SAFE_MODE ||
           condition == CONDITION_CAPTURE;
}

/* what a vehicle is doing, or where it is, is why something happens to it that nothing else explains */
static int64_t circumstance_of(const qf_event_causes *causes, const qf_event *event)
{
    switch (event->code) {
    case QF_EVENT_AVOIDING: /* the first event of its track, where that is known */
        if (event->track >= 0) {
            const int64_t seen =
                opened(causes, make_key(event->entity, CONDITION_TRACK, -1, event->track));
            if (seen >= 0) {
                return seen;
            }
        }
        return opened(causes, make_key(event->entity, CONDITION_BEHAVIOR, -1, -1));
    case QF_EVENT_BEHAVIOR_DONE:
    case QF_EVENT_WAYPOINT_REACHED:
    case QF_EVENT_SOFT_CAPTURE:
    case QF_EVENT_HARD_CAPTURE:
    case QF_EVENT_CAPTURE_FAILED:
    case QF_EVENT_TASK_WON:
    case QF_EVENT_COLLISION:
        return opened(causes, make_key(event->entity, CONDITION_BEHAVIOR, -1, -1));
    case QF_EVENT_POWER_LOW:
        return opened(causes, make_key(event->entity, CONDITION_ECLIPSE, -1, -1));
    default:
        return -1;
    }
}

static int64_t cause_of(const qf_event_causes *causes, const qf_event *event, int64_t index,
                        event_role role, const qf_asked *asked)
{
    const bool behaves = asked != NULL;
    if (event->code == QF_EVENT_BOOT_OK && !behaves) {
        return index - 1; /* it follows its boot start at once */
    }
    if (event->code ==
        QF_EVENT_WAYPOINT_REACHED) { /* each from the start, not from the one before */
        return circumstance_of(causes, event);
    }
    const int64_t reason = behaves ? reason_of(causes, event, asked) : -1;
    if (reason >= 0 && ends_for_a_reason(role.condition)) {
        return reason;
    }
    if (role.condition != CONDITION_NONE && role.part != PART_BEGINS) {
        const int64_t begun = opened(causes, key_of(event, role.condition));
        if (begun >= 0) {
            return begun;
        }
    }
    /* the first event of its track, where that is known */
    if (event->track >= 0 && event->code >= QF_EVENT_SITUATION_RESOLVED && reason < 0) {
        return opened(causes, make_key(event->entity, CONDITION_TRACK, -1, event->track));
    }
    if (event->code == QF_EVENT_RCS_START && event->moment == QF_MOMENT_WORLD && behaves) {
        return command_of(causes, event);
    }
    return reason >= 0 ? reason : circumstance_of(causes, event);
}

bool qf_event_causes_link(qf_event_causes *causes, qf_event *event, int64_t index,
                          const qf_asked *asked)
{
    const bool behaves = asked != NULL;
    const event_role role = role_of(event, behaves);
    event->cause = cause_of(causes, event, index, role, asked);
    bool good = true;
    if (role.condition != CONDITION_NONE) {
        good =
            keep_open(causes, key_of(event, role.condition), role.part == PART_ENDS ? -1 : index);
    }
    return good && (!asked || remember_event(causes, event, role.topic, index, asked));
}

/* what has ended is as good as what never began */
static bool is_open(const qf_open_event *open)
{
    return open->key.vehicle != 0 && open->index >= 0;
}

/*
 * Room for all comes first: entries stand in the order of their places in a table, and in one that is smaller they would
 * fall upon each other.
 */
static bool load_open(qf_event_causes *causes, const qf_open_event *list, size_t n)
{
    bool good = n == 0 || make_room_to_open(causes, n);
    for (size_t i = 0; good && i < n; i++) {
        good = keep_open(causes, list[i].key, list[i].index);
    }
    return good;
}

static bool load_latest(qf_event_causes *causes, const qf_latest_event *list, size_t n)
{
    bool good = n == 0 || make_room_for_latest(causes, n);
    for (size_t i = 0; good && i < n; i++) {
        good = keep_latest(causes, list[i]);
    }
    return good;
}

static qf_open_event *list_open(const qf_event_causes *causes, size_t *n)
{
    qf_open_event *list = calloc(causes->n_open + 1, sizeof *list);
    for (size_t i = 0; list && i < causes->open_capacity; i++) {
        if (is_open(&causes->open[i])) {
            list[(*n)++] = causes->open[i];
        }
    }
    return list;
}

static qf_latest_event *list_latest(const qf_event_causes *causes, size_t *n)
{
    qf_latest_event *list = calloc(causes->n_latest + 1, sizeof *list);
    for (size_t i = 0; list && i < causes->latest_capacity; i++) {
        if (causes->latest[i].key != 0) {
            list[(*n)++] = causes->latest[i];
        }
    }
    return list;
}

void qf_event_causes_archive(qf_event_causes *causes, qf_archive *archive)
{
    if (archive->loads) {
        qf_event_causes_free(causes);
    }
    size_t n_open = 0;
    size_t n_latest = 0;
    qf_open_event *open = list_open(causes, &n_open);
    qf_latest_event *latest_events = list_latest(causes, &n_latest);
    size_t open_capacity = n_open;
    size_t latest_capacity = n_latest;
    if (!open || !latest_events) {
        qf_archive_fail(archive, QF_ERROR_MEMORY, "no memory for the causes of events");
    }
    open = qf_archive_list(archive, open, &n_open, &open_capacity, sizeof *open, SIZE_MAX);
    latest_events = qf_archive_list(archive, latest_events, &n_latest, &latest_capacity,
                                    sizeof *latest_events, SIZE_MAX);
    for (size_t i = 0; archive->loads && i < n_open; i++) {
        if (!is_open(&open[i])) {
            qf_archive_fail(archive, QF_ERROR_READ, "an open event of the checkpoint is none");
        }
    }
    for (size_t i = 0; archive->loads && i < n_latest; i++) {
        if (latest_events[i].key == 0) {
            qf_archive_fail(archive, QF_ERROR_READ, "a latest event of the checkpoint is none");
        }
    }
    if (archive->loads && qf_archive_is_good(archive) &&
        !(load_open(causes, open, n_open) && load_latest(causes, latest_events, n_latest))) {
        qf_archive_fail(archive, QF_ERROR_MEMORY, "no memory for the causes of events");
    }
    free(open);
    free(latest_events);
}
