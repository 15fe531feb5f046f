/*===- mhcrt.h - Runs compiled programs on a GPU -------------------*- C
-*-===*\
|*                                                                            *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The interface of libmhcrt: loads what mhc-compile wrote (kernels.json and the
 * files it names), checks it against the device, and launches its programs on
 * the caller's stream, buffers and workspace. It needs the CUDA driver alone,
 * which is loaded at run time. docs/Runtime.md has an example.
 *
 * Sizes: bytes, unless a comment says elements. Shapes: elements, outermost
 * dimension first; tensors are dense, in C order. Pointers to tensors, the
 * workspace and constants are device addresses.
 *
 * Errors: every function that can fail returns a mhcrt_status, and describes a
 * failure in `error` unless that is null. After a failure, output parameters
 * are null or untouched. A failed launch has enqueued nothing, unless the
 * status is MHCRT_DRIVER_ERROR.
 *
 * Threads: all functions may be called from several threads at once, on the
 * same objects too, but nothing may use an object that is being closed. A
 * launch makes the module's context current for its duration if it is not.
 *
 * Graphs: mhcrt_launch and mhcrt_launch_tensors neither allocate memory nor
 * synchronise, and may be captured.
 */

#ifndef MHC_RUNTIME_MHCRT_H
#define MHC_RUNTIME_MHCRT_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MHCRT_API
#else
#define MHCRT_API __attribute__((visibility("default")))
#endif

/* An enumeration may hold whatever a caller puts there, in C++ too. */
#ifdef __cplusplus
#define MHCRT_INT : int
extern "C" {
#else
#define MHCRT_INT
#endif

/* The version of this interface; MAJOR changes when a caller must. */
#define MHCRT_VERSION_MAJOR 1
#define MHCRT_VERSION_MINOR 0
/* The version of kernels.json that is read. */
#define MHCRT_MANIFEST_VERSION 1
/* Tensors and workspaces begin at multiples of this many bytes. */
#define MHCRT_ALIGNMENT 16
/* The largest rank of a tensor. */
#define MHCRT_MAX_RANK 8

/*===-- Errors ------------------------------------------------------------===*/

typedef enum mhcrt_status MHCRT_INT {
  MHCRT_SUCCESS = 0,
  /* A null handle or output, an index or count out of range, an unknown flag.
   */
  MHCRT_INVALID_USE = 1,
  /* The host has no memory left. */
  MHCRT_OUT_OF_MEMORY = 2,
  /* The driver's library cannot be loaded. */
  MHCRT_NO_DRIVER = 3,
  /* The driver lacks a function that is needed. */
  MHCRT_DRIVER_TOO_OLD = 4,
  /* There is no GPU, or none of the number asked for. */
  MHCRT_NO_DEVICE = 5,
  /* The program was compiled for a chip that the device is not, or needs more
     shared memory than it has. */
  MHCRT_WRONG_CHIP = 6,
  /* The manifest, or a file it names, is missing or cannot be read. */
  MHCRT_MISSING_FILE = 7,
  /* A file has not the size that the manifest states. */
  MHCRT_TRUNCATED_FILE = 8,
  /* A file has not the contents that the manifest states. */
  MHCRT_DAMAGED_FILE = 9,
  /* The manifest is no JSON, or not a manifest; the message has the place. */
  MHCRT_MALFORMED_MANIFEST = 10,
  /* The manifest has another version than MHCRT_MANIFEST_VERSION. */
  MHCRT_WRONG_VERSION = 11,
  /* The module has no program of this name, or several and none was named. */
  MHCRT_UNKNOWN_PROGRAM = 12,
  /* A tensor or the workspace is null, and has bytes. */
  MHCRT_NULL_POINTER = 13,
  /* A tensor or the workspace is not a multiple of MHCRT_ALIGNMENT. */
  MHCRT_MISALIGNED_POINTER = 14,
  /* The workspace has fewer bytes than mhcrt_get_workspace_bytes says. */
  MHCRT_SMALL_WORKSPACE = 15,
  /* A tensor's rank or a dimension is not the program's, or two tensors
     disagree about a size. */
  MHCRT_WRONG_SHAPE = 16,
  /* A tensor's element type is not the program's. */
  MHCRT_WRONG_TYPE = 17,
  /* A result overlaps an argument that it may not be, another result, or the
     workspace; or the workspace an argument. */
  MHCRT_OVERLAP = 18,
  /* A formula of the manifest overflows 64 bits or divides by zero. */
  MHCRT_ARITHMETIC = 19,
  /* A formula of the manifest gives a grid, an offset or a parameter that is
     not possible. */
  MHCRT_OUT_OF_RANGE = 20,
  /* A condition that the program checks does not hold; the message is the
     program's. */
  MHCRT_CHECK_FAILED = 21,
  /* The device has no memory left. */
  MHCRT_OUT_OF_DEVICE_MEMORY = 22,
  /* Another failure of the driver; driver_code is its CUresult. */
  MHCRT_DRIVER_ERROR = 23
} mhcrt_status;

/* Describes a failure. The caller owns it; nothing in it needs freeing. */
typedef struct mhcrt_error {
  mhcrt_status status;
  /* The driver's CUresult, 0 if it was not the driver that failed. */
  int driver_code;
  /* One line, without a newline; cut off where it does not fit. */
  char message[1024];
} mhcrt_error;

/* The name of a status, such as "MHCRT_OVERLAP". */
MHCRT_API const char *mhcrt_status_name(mhcrt_status status);

/*===-- Devices -----------------------------------------------------------===*/

/* A GPU, and the context on it that modules and memory belong to. */
typedef struct mhcrt_device mhcrt_device;

/* Opens a device. `driver` is the path or name of the driver's library; if it
   is null, that is the environment variable MHCRT_DRIVER, or libcuda.so.1.
   `ordinal` is the driver's number of the GPU; with a negative one, it is the
   GPU of the calling thread's current context, or GPU 0 if there is none. The
   context is the current one where that is on the GPU, or else the GPU's
   primary one. Fails: NO_DRIVER, DRIVER_TOO_OLD, NO_DEVICE, DRIVER_ERROR. */
MHCRT_API mhcrt_status mhcrt_open_device(const char *driver, int ordinal,
                                         mhcrt_device **device,
                                         mhcrt_error *error);
/* Closes a device; modules keep it open. Null is ignored. */
MHCRT_API void mhcrt_close_device(mhcrt_device *device);

typedef struct mhcrt_device_info {
  char name[256];
  int ordinal;
  /* The compute capability, such as 9 and 0. */
  int major, minor;
  int multiprocessors;
  /* The largest shared memory of a CTA. */
  int shared_bytes;
  /* The CUDA version of the driver, such as 13000. */
  int driver_version;
} mhcrt_device_info;

MHCRT_API mhcrt_status mhcrt_get_device_info(const mhcrt_device *device,
                                             mhcrt_device_info *info,
                                             mhcrt_error *error);

/*===-- Modules and programs ----------------------------------------------===*/

/* A loaded manifest with its kernels; a program is part of its module. */
typedef struct mhcrt_module mhcrt_module;
typedef struct mhcrt_program mhcrt_program;

/* Loads a manifest, or the kernels.json of a folder, and the files it names,
   which are beside it. All that a launch needs is prepared here: kernels are
   on the device, their limits raised, constants copied. A null `device` stands
   for mhcrt_open_device(NULL, -1). Fails: MISSING_FILE, TRUNCATED_FILE,
   DAMAGED_FILE, MALFORMED_MANIFEST, WRONG_VERSION, WRONG_CHIP,
   OUT_OF_DEVICE_MEMORY, DRIVER_ERROR, and as mhcrt_open_device. */
MHCRT_API mhcrt_status mhcrt_load(mhcrt_device *device, const char *path,
                                  mhcrt_module **module, mhcrt_error *error);

/* A file of a manifest in memory. */
typedef struct mhcrt_image {
  const char *name;
  const void *data;
  size_t bytes;
} mhcrt_image;

/* As mhcrt_load, from memory: the text of a manifest and the files that it
   names. Neither is used after the return. */
MHCRT_API mhcrt_status mhcrt_load_memory(
    mhcrt_device *device, const char *manifest, size_t manifest_bytes,
    const mhcrt_image *images, uint32_t num_images, mhcrt_module **module,
    mhcrt_error *error);
/* Unloads a module. Its launches must have ended. Null is ignored. */
MHCRT_API void mhcrt_unload(mhcrt_module *module);

/* The device of a module, which is open until the module is unloaded. */
MHCRT_API mhcrt_device *mhcrt_get_device(const mhcrt_module *module);

MHCRT_API uint32_t mhcrt_get_num_programs(const mhcrt_module *module);
/* Program `index`, or null. */
MHCRT_API const mhcrt_program *mhcrt_get_program(const mhcrt_module *module,
                                                 uint32_t index);
/* The program `name`, or the only one if `name` is null.
   Fails: UNKNOWN_PROGRAM. */
MHCRT_API mhcrt_status mhcrt_find_program(const mhcrt_module *module,
                                          const char *name,
                                          const mhcrt_program **program,
                                          mhcrt_error *error);

typedef struct mhcrt_kernel_info {
  const char *symbol;
  const char *label;
  uint32_t block[3];
  uint32_t cluster[3];
  /* Dynamic shared memory of a CTA. */
  uint32_t shared_bytes;
  /* What the driver says of the loaded kernel; -1 if it does not. */
  int32_t registers;
  int32_t local_bytes;
} mhcrt_kernel_info;

MHCRT_API uint32_t mhcrt_get_num_kernels(const mhcrt_module *module);
MHCRT_API mhcrt_status mhcrt_get_kernel_info(const mhcrt_module *module,
                                             uint32_t index,
                                             mhcrt_kernel_info *info,
                                             mhcrt_error *error);

typedef enum mhcrt_type MHCRT_INT {
  MHCRT_BF16 = 0,
  MHCRT_F16 = 1,
  MHCRT_F32 = 2,
  MHCRT_F64 = 3,
  MHCRT_I1 = 4, /* a byte, 0 or 1 */
  MHCRT_I8 = 5,
  MHCRT_I32 = 6,
  MHCRT_I64 = 7
} mhcrt_type;

/* The name of a type, such as "bf16", and the bytes of an element. */
MHCRT_API const char *mhcrt_type_name(mhcrt_type type);
MHCRT_API uint32_t mhcrt_type_bytes(mhcrt_type type);

typedef enum mhcrt_role MHCRT_INT {
  MHCRT_ARGUMENT = 0,
  MHCRT_RESULT = 1
} mhcrt_role;

typedef struct mhcrt_tensor_info {
  const char *name; /* may be empty */
  mhcrt_type type;
  uint32_t rank;
  /* The dimensions; -1 where they depend on the sizes. */
  int64_t dims[MHCRT_MAX_RANK];
} mhcrt_tensor_info;

MHCRT_API const char *mhcrt_get_program_name(const mhcrt_program *program);
/* How many arguments or results the program has. */
MHCRT_API uint32_t mhcrt_get_num_tensors(const mhcrt_program *program,
                                         mhcrt_role role);
MHCRT_API mhcrt_status mhcrt_get_tensor_info(const mhcrt_program *program,
                                             mhcrt_role role, uint32_t index,
                                             mhcrt_tensor_info *info,
                                             mhcrt_error *error);
/* 1 if result `result` may be the very memory of argument `argument`. */
MHCRT_API int mhcrt_may_alias(const mhcrt_program *program, uint32_t argument,
                              uint32_t result);

/* The sizes of a program are what its dimensions depend on, such as the number
   of tokens. Each is a dimension of an argument. */
MHCRT_API uint32_t mhcrt_get_num_sizes(const mhcrt_program *program);
/* The name of size `index`, or null. */
MHCRT_API const char *mhcrt_get_size_name(const mhcrt_program *program,
                                          uint32_t index);

/* The dimensions of a tensor for given sizes; `dims` takes its rank.
   Fails: WRONG_SHAPE (a negative size), ARITHMETIC. */
MHCRT_API mhcrt_status mhcrt_get_shape(const mhcrt_program *program,
                                       mhcrt_role role, uint32_t index,
                                       const int64_t *sizes, int64_t *dims,
                                       mhcrt_error *error);
/* The workspace that a launch needs for given sizes. */
MHCRT_API mhcrt_status mhcrt_get_workspace_bytes(const mhcrt_program *program,
                                                 const int64_t *sizes,
                                                 uint64_t *bytes,
                                                 mhcrt_error *error);

/*===-- Launches ----------------------------------------------------------===*/

/* A tensor in device memory. */
typedef struct mhcrt_tensor {
  void *data;
  mhcrt_type type;
  uint32_t rank;
  const int64_t *dims;
} mhcrt_tensor;

/* The sizes that arguments have; their data are not looked at. Fails:
   INVALID_USE (another number of arguments), WRONG_TYPE, WRONG_SHAPE. */
MHCRT_API mhcrt_status mhcrt_infer_sizes(const mhcrt_program *program,
                                         const mhcrt_tensor *arguments,
                                         uint32_t num_arguments, int64_t *sizes,
                                         mhcrt_error *error);

typedef enum mhcrt_launch_flags MHCRT_INT {
  /* Leave out the steps that prepare weights: the workspace is the one of an
     earlier launch with the same weights and sizes, and nothing else has
     written to it. */
  MHCRT_SKIP_PREPARE = 1,
  /* Run these steps alone. */
  MHCRT_PREPARE_ONLY = 2
} mhcrt_launch_flags;

/* Enqueues a program on `stream` (a CUstream, null for the default one).
   `sizes`, `arguments` and `results` have as many elements as the program has
   of each, and may be null if that is none; a tensor without elements may be
   null. Results and workspace must not overlap anything else, but a result may
   be exactly the argument that mhcrt_may_alias allows. Fails: NULL_POINTER,
   MISALIGNED_POINTER, SMALL_WORKSPACE, WRONG_SHAPE, OVERLAP, ARITHMETIC,
   OUT_OF_RANGE, CHECK_FAILED, DRIVER_ERROR. */
MHCRT_API mhcrt_status mhcrt_launch(const mhcrt_program *program, void *stream,
                                    const int64_t *sizes,
                                    void *const *arguments,
                                    void *const *results, void *workspace,
                                    uint64_t workspace_bytes, uint32_t flags,
                                    mhcrt_error *error);

/* As mhcrt_launch, with the sizes inferred, and the types and shapes of
   arguments and results checked. Fails also: INVALID_USE, WRONG_TYPE. */
MHCRT_API mhcrt_status mhcrt_launch_tensors(
    const mhcrt_program *program, void *stream, const mhcrt_tensor *arguments,
    uint32_t num_arguments, const mhcrt_tensor *results, uint32_t num_results,
    void *workspace, uint64_t workspace_bytes, uint32_t flags,
    mhcrt_error *error);

/*===-- Memory, streams and events ----------------------------------------===*/

/* Device memory, aligned to 256 bytes; null for 0 bytes. `name` may be null;
   the emulator calls the buffer so. Fails: OUT_OF_DEVICE_MEMORY, DRIVER_ERROR.
 */
MHCRT_API mhcrt_status mhcrt_allocate(mhcrt_device *device, uint64_t bytes,
                                      const char *name, void **data,
                                      mhcrt_error *error);
/* Frees memory of mhcrt_allocate, when the device has finished with it. */
MHCRT_API mhcrt_status mhcrt_free(mhcrt_device *device, void *data,
                                  mhcrt_error *error);
/* Copies to and from the host, behind the work of `stream`; done on return. */
MHCRT_API mhcrt_status mhcrt_copy_to_device(mhcrt_device *device, void *target,
                                            const void *source, uint64_t bytes,
                                            void *stream, mhcrt_error *error);
MHCRT_API mhcrt_status mhcrt_copy_to_host(mhcrt_device *device, void *target,
                                          const void *source, uint64_t bytes,
                                          void *stream, mhcrt_error *error);
/* Enqueues a fill of device memory by a byte. */
MHCRT_API mhcrt_status mhcrt_fill(mhcrt_device *device, void *target,
                                  uint8_t value, uint64_t bytes, void *stream,
                                  mhcrt_error *error);

/* A stream out of the device's pool, made if there is none; it does not wait
   for the default stream. Priorities are the driver's: 0 for the least, lower
   numbers for more urgent work, cut to what the device has. */
MHCRT_API mhcrt_status mhcrt_get_stream(mhcrt_device *device, int priority,
                                        void **stream, mhcrt_error *error);
/* Gives a stream back. Work on it may go on; the next owner's comes behind. */
MHCRT_API mhcrt_status mhcrt_return_stream(mhcrt_device *device, void *stream,
                                           mhcrt_error *error);
/* Waits for the work of a stream, and for what went wrong on the device. */
MHCRT_API mhcrt_status mhcrt_synchronize(mhcrt_device *device, void *stream,
                                         mhcrt_error *error);

/* A point in a stream's work, with the time it was reached. */
typedef struct mhcrt_event mhcrt_event;
MHCRT_API mhcrt_status mhcrt_create_event(mhcrt_device *device,
                                          mhcrt_event **event,
                                          mhcrt_error *error);
MHCRT_API mhcrt_status mhcrt_record_event(mhcrt_event *event, void *stream,
                                          mhcrt_error *error);
/* Enqueues a wait of `stream` for the event. */
MHCRT_API mhcrt_status mhcrt_wait_event(mhcrt_event *event, void *stream,
                                        mhcrt_error *error);
/* Milliseconds between two events, which have been reached. */
MHCRT_API mhcrt_status mhcrt_get_elapsed(mhcrt_event *start, mhcrt_event *end,
                                         float *milliseconds,
                                         mhcrt_error *error);
MHCRT_API void mhcrt_destroy_event(mhcrt_event *event);

#ifdef __cplusplus
}
#endif

#endif /* MHC_RUNTIME_MHCRT_H */
