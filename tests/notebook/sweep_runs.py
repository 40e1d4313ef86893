# SPDX-License-Identifier: Apache-2.0
"""What the checks of sweeps as a whole share: a sweep with all kinds of outcomes, and its directory as bytes."""
import os
import subprocess

# packed and structural parameters, radar, tracks, chance, and cases that fail (3.1 s of steps of 0.25 s)
LOOKOUT = """\
schema: qfleet/1
name: lookout
seed: 3
time: {{dt_s: 0.1, duration_s: 3}}
groups:
  - name: sentry
    kind: bot
    count: 1
    iff: friend
    hardware: &strong {{hardware_profile: {{power_capacity_wh: 5000, battery_soc_init_pct: 90, power_plane: {{max_bus_a: 100}}}}}}
    initial: {{position_m: [0, 0, 20]}}
    radar: {{file: {configs}/radar/watch.yaml, period_s: 0.5}}
    tracker: {configs}/tracker/robust.yaml
  - name: intruder
    kind: bot
    count: 2
    iff: foe
    hardware: *strong
    initial: {{position_m: [0, 2000, 100], heading_deg: 180, speed_mps: 0, soc_pct: 50}}
    signature: {{rcs_dbsm: -12, swerling: 1}}
sweep:
  cases: {cases}
  parameters:
    distance: {{path: "groups[1].initial.position_m[1]", uniform: {{min: 500, max: 9000}}, unit: m}}
    rcs: {{path: "groups[1].signature.rcs_dbsm", normal: {{mean: -16, sd: 4}}}}
    charge: {{path: "groups[1].initial.soc_pct", uniform: {{min: 20, max: 90}}, unit: percent}}
    ambient: {{path: environment.ambient_c, choice: [-60, -20]}}
    step: {{path: time.dt_s, choice: [0.1, 0.25]}}
    length: {{path: time.duration_s, choice: [3, 3.1]}}
    limit: {{uniform: {{min: 0, max: 3}}, unit: s}}
  metrics:
    time_to_detect_s: builtin
    time_to_track_s: builtin
    false_alarms: "count(false_alarm)"
    gospa_m: builtin
    left_pct: "final(min(soc_pct over intruder))"
    soon: "time_to_detect_s <= parameter.limit"
  success: "time_to_track_s <= 3 s"
"""


def write_lookout(path, project, cases=96, more="", **options):
    with open(path, "w", encoding="utf-8") as file:
        file.write(LOOKOUT.format(configs=os.path.join(project, "configs"), cases=cases))
        for key, value in options.items():
            file.write(f"  {key}: {value}\n")
        file.write(more)
    return path


def run(*command, code=0, env=None):
    """What the program says, or an AssertionError with all of it where it ends otherwise than expected."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            check=False, env={**os.environ, **(env or {})})
    codes = code if isinstance(code, tuple) else (code,)
    assert result.returncode in codes, (command, result.returncode, result.stdout, result.stderr)
    return result


def kept_files(directory):
    """Names and bytes of all files that must not depend on when and how a sweep was run."""
    names = [name for name in os.listdir(directory) if not name.endswith(".timing.h5")]
    return {name: open(os.path.join(directory, name), "rb").read() for name in sorted(names)}


def assert_same_directory(directory, expected, what):
    found = kept_files(directory)
    assert found.keys() == expected.keys(), (what, sorted(found), sorted(expected))
    for name, content in expected.items():
        assert found[name] == content, (what, name)
