/* SPDX-License-Identifier: Apache-2.0 */
/* Values of /state: what quantities there are, and as much of them as pictures need. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "report_run_internal.h"

/* numbers of things: of those there is no median */
static bool is_number_of_something(const char *name)
{
    static const char *const names[] = {"target", "docked_with", "task", "behavior_step"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    const size_t length = strlen(name);
    return length > 8 && strcmp(name + length - 8, "_partner") == 0;
}

static bool says_no_and_yes(const qf_nc_flags *flags)
{
    return flags->n == 2 && strcmp(flags->meanings[0], "no") == 0 &&
           strcmp(flags->meanings[1], "yes") == 0;
}

static qf_quantity_look look_of(hid_t variable, const char *name)
{
    qf_nc_flags flags = {0};
    const hid_t type = H5Dget_type(variable);
    const bool is_integer = type >= 0 && H5Tget_class(type) == H5T_INTEGER;
    const size_t bytes = type >= 0 ? H5Tget_size(type) : 0;
    const bool is_signed = is_integer && H5Tget_sign(type) == H5T_SGN_2;
    const bool named = H5Aexists(variable, "flag_values") > 0 && qf_nc_get_flags(variable, &flags);
    qf_quantity_look look = QF_LOOK_NUMBER;
    if (named) {
        look = says_no_and_yes(&flags) ? QF_LOOK_TRUTH : QF_LOOK_STATE;
    } else if (is_number_of_something(name)) {
        look = QF_LOOK_NAME;
    } else if (is_integer && bytes == 1) {
        look = QF_LOOK_TRUTH;
    } else if (is_integer && !is_signed) {
        look = QF_LOOK_BITS;
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(type);
    return look;
}

/* as people write them */
static const char *plain_units(qf_run_fleet *fleet, hid_t variable)
{
    static const char *const plain[][2] = {
        {"1", ""},        {"percent", "%"},  {"degree", "deg"},       {"degree_Celsius", "deg C"},
        {"m s-1", "m/s"}, {"radian", "rad"}, {"radian s-1", "rad/s"}, {"W h", "Wh"},
        {"N m", "Nm"},    {"N m s", "Nms"}};
    const char *units = qf_run_attribute(fleet, variable, "units");
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(units, plain[i][0]) == 0) {
            return plain[i][1];
        }
    }
    return units;
}

/* Descriptions that need the one before them in the list. */
static const char *const own_titles[][2] = {
    {"target_range_rate_mps", "Rate of the target's distance"},
    {"port_axial_m", "Distance of the ports along the target's axis"},
    {"port_lateral_m", "Distance of the ports across the target's axis"},
    {"targets_held", "Targets with a confirmed track"},
    {"guards_critical", "Critical pairs of tracks and rules"}};

/* To where it says what single values mean: ", NaN: unknown", ", negative: closing", ": 0 free, 1 soft". */
static size_t length_of_title(const char *text)
{
    for (const char *at = text; *at; at++) {
        const char *word = at[0] == ',' && at[1] == ' ' ? at + 2 : NULL;
        if ((word && word[strcspn(word, " :")] == ':') || strncmp(at, ": 0 ", 4) == 0 ||
            strcmp(at, ", one bit each") == 0) {
            return (size_t)(at - text);
        }
    }
    return strlen(text);
}

/* What it is, as a heading: what its description says of missing values and bits is not for people. */
static const char *plain_title(qf_run_fleet *fleet, hid_t variable, const char *name)
{
    const char *text = qf_run_attribute(fleet, variable, "long_name");
    for (size_t i = 0; i < sizeof own_titles / sizeof *own_titles; i++) {
        if (strcmp(name, own_titles[i][0]) == 0) {
            return own_titles[i][1];
        }
    }
    const size_t length = length_of_title(text);
    const char *title = length > 0 ? qf_run_format(fleet, "%.*s", (int)length, text)
                                   : qf_run_format(fleet, "%s", name);
    return qf_run_format(fleet, "%c%s", toupper((unsigned char)title[0]), title + 1);
}

static qf_run_quantity describe(qf_run_fleet *fleet, hid_t variable, const char *name)
{
    double missing = (double)NAN;
    if (H5Aexists(variable, "_FillValue") > 0) {
        (void)qf_nc_get_number(variable, "_FillValue", H5T_NATIVE_DOUBLE, &missing);
    }
    return (qf_run_quantity){.name = qf_run_format(fleet, "%s", name),
                             .units = plain_units(fleet, variable),
                             .long_name = qf_run_attribute(fleet, variable, "long_name"),
                             .title = plain_title(fleet, variable, name),
                             .look = look_of(variable, name),
                             .missing = missing};
}

qf_status qf_run_quantities(qf_run_fleet *fleet, qf_run_quantity **quantities, size_t *n)
{
    const hid_t file = fleet->run->file;
    const hid_t group = H5Lexists(file, "state", H5P_DEFAULT) > 0
                            ? H5Gopen2(file, "state", H5P_DEFAULT)
                            : H5I_INVALID_HID;
    H5G_info_t info = {0};
    *n = 0;
    if (group >= 0) {
        (void)H5Gget_info(group, &info);
    }
    *quantities = qf_arena_array(&fleet->arena, (size_t)info.nlinks + 1, sizeof **quantities);
    char name[QF_NC_NAME_BYTES];
    hid_t variable;
    for (hsize_t i = 0;
         *quantities && i < info.nlinks && (variable = qf_nc_open_variable(group, i, name)) >= 0;
         i++) {
        if (qf_nc_rank(variable) == 2 && qf_nc_width(variable) == fleet->n_vehicles) {
            (*quantities)[(*n)++] = describe(fleet, variable, name);
        }
        qf_nc_close_id(variable);
    }
    qf_nc_close_id(group);
    return *quantities ? QF_OK : qf_run_no_memory(fleet);
}

const char *qf_run_axis_title(qf_run_fleet *fleet, const qf_run_quantity *quantity)
{
    return *quantity->units ? qf_run_format(fleet, "%s, %s", quantity->name, quantity->units)
                            : quantity->name;
}

qf_status qf_run_choose_times(qf_run_fleet *fleet, size_t most, qf_run_times *times)
{
    times->n = fleet->n_records < most ? (size_t)fleet->n_records : most;
    times->record = qf_arena_array(&fleet->arena, times->n + 1, sizeof *times->record);
    times->time_s = qf_arena_array(&fleet->arena, times->n + 1, sizeof *times->time_s);
    if (!times->record || !times->time_s) {
        return qf_run_no_memory(fleet);
    }
    const hid_t variable = qf_run_variable(fleet, "state/time");
    for (size_t i = 0; i < times->n; i++) {
        times->record[i] = times->n < 2
                               ? 0
                               : (uint64_t)llround((double)i * (double)(fleet->n_records - 1) /
                                                   (double)(times->n - 1));
        if (!qf_nc_read(variable, H5T_NATIVE_DOUBLE, times->record[i], 1, &times->time_s[i])) {
            fleet->unreadable = "state/time";
            times->time_s[i] = (double)NAN;
        }
    }
    qf_nc_close_id(variable);
    return QF_OK;
}

const char *qf_run_say_times(qf_run_fleet *fleet, const qf_run_times *times)
{
    return times->n < fleet->n_records
               ? qf_run_format(fleet, ", at %s of %s records evenly apart",
                               qf_run_count(fleet, times->n), qf_run_count(fleet, fleet->n_records))
               : "";
}

static void mark_missing(double missing, double *values, size_t n)
{
    for (size_t i = 0; !isnan(missing) && i < n; i++) {
        values[i] = values[i] == missing ? (double)NAN : values[i];
    }
}

bool qf_run_read_record(const qf_run_fleet *fleet, const qf_run_quantity *quantity, hid_t variable,
                        uint64_t record, double *values)
{
    const hsize_t start[2] = {record, 0};
    const hsize_t count[2] = {1, fleet->n_vehicles};
    const bool good = qf_nc_read_block(variable, H5T_NATIVE_DOUBLE, start, count, values);
    mark_missing(quantity->missing, values, good ? (size_t)fleet->n_vehicles : 0);
    return good;
}

/* Only those vehicles are read, and not the row: of a million a few are wanted. */
static bool read_points(hid_t variable, uint64_t record, const int64_t *vehicles, size_t n,
                        hsize_t *places, double *values)
{
    for (size_t i = 0; i < n; i++) {
        places[2 * i] = record;
        places[2 * i + 1] = (hsize_t)vehicles[i];
    }
    const hsize_t length = n;
    const hid_t space = H5Dget_space(variable);
    const hid_t memory = H5Screate_simple(1, &length, NULL);
    const bool good = space >= 0 && memory >= 0 &&
                      H5Sselect_elements(space, H5S_SELECT_SET, n, places) >= 0 &&
                      H5Dread(variable, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values) >= 0;
    qf_nc_close_id(memory);
    qf_nc_close_id(space);
    return good;
}

/* Without a cache of chunks: a few values of each are wanted, and a chunk may be a megabyte. */
static hid_t open_for_points(const qf_run_fleet *fleet, const char *path)
{
    const hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    const bool known = access >= 0 && H5Pset_chunk_cache(access, 0, 0, 1.0) >= 0 &&
                       H5Lexists(fleet->run->file, "state", H5P_DEFAULT) > 0 &&
                       H5Lexists(fleet->run->file, path, H5P_DEFAULT) > 0;
    const hid_t variable = known ? H5Dopen2(fleet->run->file, path, access) : H5I_INVALID_HID;
    if (access >= 0) {
        (void)H5Pclose(access);
    }
    return variable;
}

qf_status qf_run_read_paths(qf_run_fleet *fleet, const char *quantity, const qf_run_times *times,
                            const int64_t *vehicles, size_t n_vehicles, double *values,
                            bool *recorded)
{
    char path[QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "state/%s", quantity);
    const hid_t variable = open_for_points(fleet, path);
    hsize_t *places = qf_arena_array(&fleet->arena, 2 * n_vehicles + 1, sizeof *places);
    double missing = (double)NAN;
    *recorded = variable >= 0 && n_vehicles > 0;
    bool good = *recorded && places;
    if (good && H5Aexists(variable, "_FillValue") > 0) {
        (void)qf_nc_get_number(variable, "_FillValue", H5T_NATIVE_DOUBLE, &missing);
    }
    for (size_t t = 0; good && t < times->n; t++) {
        double *row = values + t * n_vehicles;
        good = read_points(variable, times->record[t], vehicles, n_vehicles, places, row);
        mark_missing(missing, row, good ? n_vehicles : 0);
    }
    qf_nc_close_id(variable);
    if (!places) {
        return qf_run_no_memory(fleet);
    }
    return *recorded && !good ? qf_run_unreadable(fleet, path) : QF_OK;
}

/* Hoare's selection within [begin, end]: the k-th comes to its place, smaller ones before it, greater ones after it. */
static double select_kth(double *values, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k)
{
    while (begin < end) {
        const double pivot = values[k];
        ptrdiff_t i = begin, j = end;
        do {
            while (values[i] < pivot) {
                i++;
            }
            while (values[j] > pivot) {
                j--;
            }
            if (i <= j) {
                const double kept = values[i];
                values[i++] = values[j];
                values[j--] = kept;
            }
        } while (i <= j);
        begin = j < k ? i : begin;
        end = k < i ? j : end;
    }
    return values[k];
}

/* The quantile of n values, of which those outside of [begin, end] are known not to be between. */
static double quantile_within(double *values, size_t n, double share, size_t begin, size_t end)
{
    const double place = share * (double)(n - 1);
    const size_t k = (size_t)floor(place);
    const double below = select_kth(values, (ptrdiff_t)begin, (ptrdiff_t)end, (ptrdiff_t)k);
    if ((double)k == place || k + 1 >= n) {
        return below;
    }
    double above = values[k + 1];
    for (size_t i = k + 2; i <= end; i++) {
        above = fmin(above, values[i]);
    }
    return below + (place - (double)k) * (above - below);
}

double qf_run_quantile(double *values, size_t n, double share)
{
    return quantile_within(values, n, share, 0, n - 1);
}

/* Those of a group that are known, to `chosen`. */
static size_t choose_known(const qf_run_fleet *fleet, const double *values, size_t group,
                           double *chosen)
{
    size_t n = 0;
    for (uint64_t e = 0; e < fleet->n_vehicles; e++) {
        if (fleet->group_of[e] == group && isfinite(values[e])) {
            chosen[n++] = values[e];
        }
    }
    return n;
}

static qf_status create_bands(qf_run_fleet *fleet, size_t n_times, qf_run_bands *bands)
{
    const size_t n = fleet->n_groups * n_times + 1;
    *bands = (qf_run_bands){.low = qf_arena_array(&fleet->arena, n, sizeof(double)),
                            .middle = qf_arena_array(&fleet->arena, n, sizeof(double)),
                            .high = qf_arena_array(&fleet->arena, n, sizeof(double)),
                            .constant = true};
    return bands->low && bands->middle && bands->high ? QF_OK : qf_run_no_memory(fleet);
}

/* All groups at one time. */
static void measure(const qf_run_fleet *fleet, const double *values, double *chosen, size_t time,
                    size_t n_times, qf_run_bands *bands, double *first)
{
    for (uint64_t e = 0; bands->constant && e < fleet->n_vehicles; e++) {
        if (isfinite(values[e])) {
            *first = isnan(*first) ? values[e] : *first;
            bands->constant = values[e] == *first;
        }
    }
    for (size_t g = 0; g < fleet->n_groups; g++) {
        const size_t at = g * n_times + time;
        const size_t n = choose_known(fleet, values, g, chosen);
        bands->low[at] = bands->middle[at] = bands->high[at] = (double)NAN;
        if (n > 0) {
            /* what is not below the one is not looked at for the next */
            const size_t middle = (n - 1) / 2, last = n - 1;
            bands->middle[at] = qf_run_quantile(chosen, n, 0.5);
            bands->low[at] = quantile_within(chosen, n, 0.05, 0, middle);
            bands->high[at] = quantile_within(chosen, n, 0.95, middle, last);
        }
    }
}

qf_status qf_run_read_bands(qf_run_fleet *fleet, const qf_run_quantity *quantity,
                            const qf_run_times *times, qf_run_bands *bands)
{
    char path[QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "state/%s", quantity->name);
    const size_t n_vehicles = (size_t)fleet->n_vehicles;
    double *values = malloc((n_vehicles + 1) * sizeof *values);
    double *chosen = malloc((n_vehicles + 1) * sizeof *chosen);
    const hid_t variable = qf_run_variable(fleet, path);
    double first = (double)NAN;
    qf_status status = create_bands(fleet, times->n, bands);
    status = status == QF_OK && (!values || !chosen) ? qf_run_no_memory(fleet) : status;
    for (size_t t = 0; status == QF_OK && t < times->n; t++) {
        if (!qf_run_read_record(fleet, quantity, variable, times->record[t], values)) {
            status = qf_run_unreadable(fleet, path);
            break;
        }
        measure(fleet, values, chosen, t, times->n, bands, &first);
    }
    qf_nc_close_id(variable);
    free(chosen);
    free(values);
    return status;
}
