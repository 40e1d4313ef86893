/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /entities: who each vehicle is. Written once, in slices, so that a million vehicles take no more
 * memory than a thousand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

enum {
    SLICE = 16384,
    NAME_DECORATION = 40, /* "w", world, "/", "-", index, terminating zero */
    /* per vehicle: entity, world, group, kind, iff, identity, and for the name its reference and the
       header and padding of its heap object */
    VEHICLE_BYTES = 8 + 4 + 4 + 1 + 1 + 4 + 16 + 32,
};

typedef struct qf_entities {
    hid_t world;
    hid_t group;
    hid_t kind;
    hid_t iff;
    hid_t name;
    hid_t identity;
    hid_t string_type;
} qf_entities;

/* One slice of every variable, as HDF5 takes it. */
typedef struct qf_slice {
    int32_t world[SLICE];
    uint32_t group[SLICE];
    uint8_t kind[SLICE];
    uint8_t iff[SLICE];
    char *name[SLICE];
} qf_slice;

static size_t name_bytes(const qf_fleet *fleet)
{
    size_t longest = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const size_t length = strlen(fleet->scenario->groups[g].name);
        longest = length > longest ? length : longest;
    }
    return longest + NAME_DECORATION;
}

uint64_t qf_entities_bytes(const qf_fleet *fleet)
{
    return (uint64_t)fleet->n_vehicles * (VEHICLE_BYTES + name_bytes(fleet));
}

uint64_t qf_group_flags_bytes(const qf_fleet *fleet)
{
    return fleet->scenario->n_groups * (sizeof(uint64_t) + name_bytes(fleet));
}

/* blanks in names are replaced: meanings are separated by them */
qf_status qf_group_flags_put(qf_context *context, qf_nc *nc, const qf_fleet *fleet, hid_t variable,
                             hid_t type)
{
    const size_t n = fleet->scenario->n_groups;
    uint32_t *values = calloc(n, sizeof *values);
    char *meanings = calloc(n, name_bytes(fleet));
    if (!values || !meanings) {
        free(values);
        free(meanings);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the names of %zu groups", n);
    }
    char *end = meanings;
    for (size_t g = 0; g < n; g++) {
        values[g] = (uint32_t)g;
        end = stpcpy(end, g ? " " : "");
        for (const char *c = fleet->scenario->groups[g].name; *c; c++) {
            *end++ = *c == ' ' ? '_' : *c;
        }
    }
    qf_nc_put_array(nc, variable, "flag_values", type, n, values);
    qf_nc_put_text(nc, variable, "flag_meanings", meanings);
    free(values);
    free(meanings);
    return QF_OK;
}

static void put_kind_flags(qf_nc *nc, hid_t variable)
{
    uint8_t values[QF_KIND_COUNT];
    char meanings[QF_KIND_COUNT * 16] = "";
    char *end = meanings;
    for (int kind = 0; kind < QF_KIND_COUNT; kind++) {
        values[kind] = (uint8_t)kind;
        end = stpcpy(stpcpy(end, kind ? " " : ""), qf_kind_name((qf_kind)kind));
    }
    qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_UINT8, QF_KIND_COUNT, values);
    qf_nc_put_text(nc, variable, "flag_meanings", meanings);
}

static void put_iff_flags(qf_nc *nc, hid_t variable)
{
    const uint8_t values[] = {QF_IFF_FRIEND, QF_IFF_FOE, QF_IFF_UNKNOWN};
    char meanings[64];
    snprintf(meanings, sizeof meanings, "%s %s %s", qf_iff_name(QF_IFF_FRIEND),
             qf_iff_name(QF_IFF_FOE), qf_iff_name(QF_IFF_UNKNOWN));
    qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_UINT8, 3, values);
    qf_nc_put_text(nc, variable, "flag_meanings", meanings);
}

static qf_status define(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                        const qf_identities *identities, qf_entities *entities)
{
    const hid_t group = qf_nc_group(nc, "entities");
    const hsize_t n = fleet->n_vehicles;
    entities->string_type = qf_nc_string_type(nc);
    const hid_t entity = qf_nc_dimension(
        nc, group,
        &(qf_nc_variable){"entity", H5T_NATIVE_INT64, "1", "number of the vehicle", NULL}, n, 0);
    qf_nc_write_numbers(nc, entity, n);
    const qf_nc_shape shape = {.rank = 1, .scales = {entity}, .length = {n}};
    entities->world = qf_nc_define(
        nc, group,
        &(qf_nc_variable){"world", H5T_NATIVE_INT32, "1", "world that the vehicle is in", NULL},
        &shape);
    entities->group = qf_nc_define(
        nc, group,
        &(qf_nc_variable){"group", H5T_NATIVE_UINT32, "1", "group of the scenario", NULL}, &shape);
    entities->kind = qf_nc_define(
        nc, group, &(qf_nc_variable){"kind", H5T_NATIVE_UINT8, "1", "kind of vehicle", NULL},
        &shape);
    entities->iff = qf_nc_define(
        nc, group,
        &(qf_nc_variable){"iff", H5T_NATIVE_UINT8, "1", "identification friend or foe", NULL},
        &shape);
    entities->name = qf_nc_define(
        nc, group,
        &(qf_nc_variable){"name", entities->string_type, "1", "name of the vehicle", NULL}, &shape);
    if (identities) {
        entities->identity = qf_nc_define(
            nc, group,
            &(qf_nc_variable){"identity", H5T_NATIVE_INT32, "1",
                              "what its transponder says: row of /identities, -1: none", NULL},
            &shape);
        qf_nc_write(nc, entities->identity, H5T_NATIVE_INT32, 0, n, 0, identities->own);
    }
    put_kind_flags(nc, entities->kind);
    put_iff_flags(nc, entities->iff);
    return qf_group_flags_put(context, nc, fleet, entities->group, H5T_NATIVE_UINT32);
}

static void fill_slice(const qf_fleet *fleet, size_t begin, size_t n, size_t bytes_per_name,
                       qf_slice *slice)
{
    const qf_scenario *scenario = fleet->scenario;
    for (size_t i = 0; i < n; i++) {
        const qf_entity entity = qf_fleet_entity(fleet, begin + i);
        const qf_group_spec *group = &scenario->groups[entity.group];
        slice->world[i] = (int32_t)entity.world;
        slice->group[i] = (uint32_t)entity.group;
        slice->kind[i] = (uint8_t)group->kind;
        slice->iff[i] = (uint8_t)group->iff;
        if (scenario->n_worlds > 1) {
            snprintf(slice->name[i], bytes_per_name, "w%u/%s-%u", entity.world, group->name,
                     entity.index);
        } else {
            snprintf(slice->name[i], bytes_per_name, "%s-%u", group->name, entity.index);
        }
    }
}

static void write_slices(qf_nc *nc, const qf_fleet *fleet, const qf_entities *entities,
                         size_t bytes_per_name, qf_slice *slice)
{
    for (size_t begin = 0; begin < fleet->n_vehicles && !nc->failed; begin += SLICE) {
        const size_t left = fleet->n_vehicles - begin;
        const size_t n = left < SLICE ? left : SLICE;
        fill_slice(fleet, begin, n, bytes_per_name, slice);
        qf_nc_write(nc, entities->world, H5T_NATIVE_INT32, begin, n, 0, slice->world);
        qf_nc_write(nc, entities->group, H5T_NATIVE_UINT32, begin, n, 0, slice->group);
        qf_nc_write(nc, entities->kind, H5T_NATIVE_UINT8, begin, n, 0, slice->kind);
        qf_nc_write(nc, entities->iff, H5T_NATIVE_UINT8, begin, n, 0, slice->iff);
        qf_nc_write(nc, entities->name, entities->string_type, begin, n, 0, slice->name);
    }
}

qf_status qf_entities_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_identities *identities)
{
    const size_t bytes_per_name = name_bytes(fleet);
    qf_slice *slice = calloc(1, sizeof *slice);
    char *names = calloc(SLICE, bytes_per_name);
    qf_status status = QF_OK;
    if (slice && names) {
        qf_entities entities;
        status = define(context, nc, fleet, identities, &entities);
        for (size_t i = 0; i < SLICE; i++) {
            slice->name[i] = names + i * bytes_per_name;
        }
        write_slices(nc, fleet, &entities, bytes_per_name, slice);
        qf_nc_close_type(nc, entities.string_type);
    } else {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for the names of the vehicles");
    }
    free(slice);
    free(names);
    return status;
}
