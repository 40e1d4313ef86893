# SPDX-License-Identifier: Apache-2.0
"""The tables of report.py about trackers: frames of one observer, their steps, guards, quality, assignment.

What is held against a limit is the median, on the instruction set that the limit is for.
"""

from tables import count, shown, table, table_by_set, unique

# of a frame, by the size of table and detections; a Kalman filter has no limit
FRAME_LIMITS_US = {("16", "32"): 0.8, ("200", "208"): 25}
LIMITED_MODES = ("robust", "qiki")
STEP_LIMITS_NS = {"update": 1}
RULE_LIMIT_NS = 2
NS_PER_US = 1e3


def size_text(size):
    detections, slots, used = size.split("_")
    return f"{detections} detections, {used} of {slots} slots in use"


class TrackingTables:
    def __init__(self, report):
        self.report = report

    def by_mode_and_size(self, first):
        """{row: (mode, size)} of the benchmarks FIRST/MODE/ISA/SIZE"""
        found = unique((p[3], p[1]) for p in self.report.names(first, 4))
        return {f"{mode}, {size_text(size)}": (mode, size) for size, mode in found}

    def frame(self):
        rows = self.by_mode_and_size("track")

        def values(row, isa):
            mode, size = rows[row]
            return [ns / NS_PER_US for ns in
                    self.report.values(f"track/{mode}/{isa}/{size}", "real_time_ns")]

        def limit(row):
            mode, size = rows[row]
            return FRAME_LIMITS_US.get(tuple(size.split("_")[:2])) if mode in LIMITED_MODES else None

        table_by_set("A tracker's frame of one observer, association and update, one thread, us",
                     "mode, size", rows, values, limit)

    def steps(self):
        found = self.report.names("filter", 4)
        rows = {f"{p[1]}, {count(p[3])} tracks": (p[1], p[3]) for p in found}

        def values(row, isa):
            step, slots = rows[row]
            return self.report.values(f"filter/{step}/{isa}/{slots}", "ns_per_track")

        table_by_set("Steps of a tracker's frame over a full table, one thread, ns per track", "step",
                     rows, values, lambda row: STEP_LIMITS_NS.get(rows[row][0]))

    def publishing(self):
        rows = self.by_mode_and_size("publish")

        def values(row, isa):
            mode, size = rows[row]
            return self.report.values(f"publish/{mode}/{isa}/{size}", "ns_per_track")

        table_by_set("What is made known of tracks, one thread, ns per track", "mode, size", rows,
                     values, lambda row: None)

    def guards(self):
        found = unique((p[2], p[3]) for p in self.report.names("guard", 4))
        rows = {f"{count(slots)} slots, {rules} rules": (slots, rules) for slots, rules in found}

        def values(row, isa):
            slots, rules = rows[row]
            return self.report.values(f"guard/{isa}/{slots}/{rules}", "ns_per_track_rule")

        table_by_set("Guard rules, observer after observer, one thread, ns per track and rule",
                     "tables", rows, values, lambda row: RULE_LIMIT_NS)

    def quality(self):
        rows = unique(p[2] for p in self.report.names("quality", 3))
        table_by_set("Quality of a picture, as many targets as firm tracks, one in eight of which"
                     " nobody holds, one thread, ns per observer", "targets", rows,
                     lambda n, isa: self.report.values(f"quality/{isa}/{n}", "ns_per_observer"),
                     lambda n: None)

    def assignment(self):
        rows = {}
        for _, _, a, b in self.report.names("assign", 4):
            text = f"{b} x {b}, all candidates" if a == "dense" else f"{a} x {a}, {b} close"
            rows[text] = f"{a}/{b}"
        table("Assignment, rows x columns, ns per observer; close are those with a second candidate",
              "size", rows, ("nearest", "exact"),
              lambda row, way: shown(self.report.values(f"assign/{way}/{rows[row]}",
                                                        "ns_per_observer")))

    def print(self):
        self.frame()
        self.steps()
        self.publishing()
        self.guards()
        self.quality()
        self.assignment()
