//===- Options.cpp - The command line of mhc-run --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "mhc/Support/Version.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;
using mhc::emulator::CheckSet;
using mhc::emulator::Order;

static bool fail(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mhc-run") << message << '\n';
  return false;
}

static llvm::StringRef getName(Device device) {
  switch (device) {
  case Device::Reference:
    return "reference";
  case Device::CPU:
    return "cpu";
  case Device::Emulator:
    return "emulator";
  case Device::Cuda:
    return "cuda";
  }
  llvm_unreachable("unknown device");
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// A list of checks, or "none".
static bool parseChecks(llvm::StringRef text, CheckSet &checks) {
  checks = CheckSet{false, false, false, false};
  if (text == "none")
    return true;
  llvm::SmallVector<llvm::StringRef> names;
  text.split(names, ',');
  for (llvm::StringRef name : names) {
    bool *check = llvm::StringSwitch<bool *>(name)
                      .Case("races", &checks.races)
                      .Case("sync", &checks.sync)
                      .Case("memory", &checks.memory)
                      .Case("init", &checks.init)
                      .Default(nullptr);
    if (!check)
      return fail("--check expects none, or a list out of races, sync, memory "
                  "and init, got '" +
                  text + "'");
    *check = true;
  }
  return true;
}

static bool parseOrder(llvm::StringRef text, Order &order) {
  if (text == "forward") {
    order.kind = Order::Forward;
  } else if (text == "reverse") {
    order.kind = Order::Reverse;
  } else {
    order.kind = Order::Seeded;
    if (text.getAsInteger(10, order.seed))
      return fail("--order expects forward, reverse or a seed from 0 to "
                  "2^64-1, got '" +
                  text + "'");
  }
  return true;
}

/// The first `count` orders: forward, reverse, then seeds from 1.
static std::vector<Order> makeOrders(unsigned count) {
  std::vector<Order> orders;
  for (unsigned i = 0; i < count; ++i)
    if (i == 0)
      orders.push_back({Order::Forward, 0});
    else if (i == 1)
      orders.push_back({Order::Reverse, 0});
    else
      orders.push_back({Order::Seeded, i - 1});
  return orders;
}

//===----------------------------------------------------------------------===//
// The command line
//===----------------------------------------------------------------------===//

bool parseOptions(int argc, char **argv, Options &options) {
  cl::OptionCategory category("mhc-run options");
  cl::opt<std::string> file(cl::Positional, cl::Required, cl::cat(category),
                            cl::desc("FILE"));
  cl::opt<std::string> entry(
      "entry", cl::cat(category), cl::value_desc("name"),
      cl::desc("The function to run; may be left out if one is public"));
  cl::opt<Device> device(
      "device", cl::Required, cl::cat(category), cl::desc("Where to run it:"),
      cl::values(clEnumValN(Device::Reference, "reference",
                            "this machine, every number in f64"),
                 clEnumValN(Device::CPU, "cpu",
                            "this machine, in the types of the program"),
                 clEnumValN(Device::Emulator, "emulator",
                            "this machine, as a GPU that is emulated"),
                 clEnumValN(Device::Cuda, "cuda",
                            "a GPU, by the driver that MHCRT_DRIVER names, or\n"
                            "libcuda.so.1")));
  cl::list<std::string> arguments(
      "arg", cl::cat(category), cl::value_desc("spec"),
      cl::desc("One for each argument of the function, in order:\n"
               "  A.npy               an array of f16, f32, f64, i1, i32, i64\n"
               "  zeros[:DIMS]        zeros\n"
               "  full:V[:DIMS]       the value V everywhere\n"
               "  random:SEED[:DIMS]  standard normal numbers\n"
               "DIMS, such as 13x4x4096, where the type is dynamic"));
  cl::opt<std::string> outputFolder(
      "out", cl::cat(category), cl::value_desc("folder"),
      cl::desc("Write the results to folder/0.npy, 1.npy, ..."));
  cl::opt<bool> round(
      "round", cl::cat(category),
      cl::desc("With --device reference: round where the program does"));
  cl::opt<unsigned> repeat(
      "repeat", cl::cat(category), cl::value_desc("N"), cl::init(1),
      cl::desc("Run N times, and fail unless all results agree bit for bit"));
  cl::opt<bool> time("time", cl::cat(category),
                     cl::desc("Say on standard error how long the runs took"));

  cl::opt<bool> memory(
      "memory", cl::cat(category),
      cl::desc("With --device cpu: say on standard error how many bytes of\n"
               "workspace the program asks for, and how many it uses"));

  cl::OptionCategory gpu("mhc-run options with --device emulator and cuda");
  cl::opt<std::string> chip(
      "chip", cl::cat(gpu), cl::value_desc("name"),
      cl::desc(
          "The chip that kernels are made for, but for a gpu.module with a\n"
          "target (sm_90a, and with --device cuda that of the GPU)"));
  cl::opt<std::string> kernels(
      "kernels", cl::cat(gpu), cl::value_desc("form"),
      cl::desc("With --device cuda: what the driver gets, cubin, ptx or\n"
               "bitcode, for the emulator in its place (cubin if there is a\n"
               "ptxas, else ptx)"));

  cl::OptionCategory emulation("mhc-run options with --device emulator");
  const mhc::emulator::EmulatorOptions defaults;
  cl::opt<std::string> check(
      "check", cl::cat(emulation), cl::value_desc("list"),
      cl::init("races,sync,memory,init"),
      cl::desc("The faults to look for: races,sync,memory,init, some of them,\n"
               "or none (all)"));
  cl::opt<std::string> order(
      "order", cl::cat(emulation), cl::value_desc("order"), cl::init("forward"),
      cl::desc(
          "The order of lanes, warps and CTAs: forward, reverse or a seed\n"
          "(forward)"));
  cl::opt<unsigned> orders(
      "orders", cl::cat(emulation), cl::value_desc("N"), cl::init(1),
      cl::desc("Run in N orders, and fail unless all results agree bit for "
               "bit"));
  cl::opt<std::string> counters(
      "counters", cl::cat(emulation), cl::value_desc("file"),
      cl::desc(
          "Count memory traffic and instructions, print a table and write\n"
          "all counters to a JSON file"));
  cl::opt<unsigned> findings(
      "findings", cl::cat(emulation), cl::value_desc("N"),
      cl::init(defaults.findingLimit), cl::desc("End after N findings (20)"));
  cl::opt<unsigned> resident(
      "resident", cl::cat(emulation), cl::value_desc("N"),
      cl::init(defaults.residentCtas),
      cl::desc("How many CTAs are resident at once (132)"));
  cl::opt<uint64_t> l2(
      "l2", cl::cat(emulation), cl::value_desc("bytes"),
      cl::init(defaults.l2Bytes),
      cl::desc("The size of the modelled L2 cache (52428800)"));
  cl::opt<unsigned> threads(
      "emulator-threads", cl::cat(emulation), cl::value_desc("N"),
      cl::init(defaults.hostThreads),
      cl::desc(
          "Threads for CTAs that do not communicate, 0 for all cores (1)"));
  cl::opt<uint64_t> approximationSeed(
      "approximation-seed", cl::cat(emulation), cl::value_desc("seed"),
      cl::init(defaults.approximationSeed),
      cl::desc(
          "The seed of the errors of approximate instructions, 0 for none\n"
          "(1)"));
  cl::opt<uint64_t> instructions(
      "instructions", cl::cat(emulation), cl::value_desc("N"),
      cl::init(defaults.instructionLimit),
      cl::desc("Give a launch up after N instructions times lanes, 0 for no\n"
               "limit (17179869184)"));
  cl::opt<std::string> ptx(
      "emit-ptx", cl::cat(emulation), cl::value_desc("file"),
      cl::desc("Write the PTX of the gpu.module, and run nothing. Of several, "
               "x.ptx\nbecomes x.NAME.ptx; - is standard output"));

  cl::HideUnrelatedOptions({&category, &gpu, &emulation});
  cl::AddExtraVersionPrinter(mhc::printVersion);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "mhc-run: runs a function of model IR\n", &llvm::errs()))
    return false;

  if (memory && device != Device::CPU)
    return fail("--memory expects --device cpu, got --device " +
                getName(device));
  if (round && device != Device::Reference)
    return fail("--round expects --device reference, got --device " +
                getName(device));
  for (cl::Option *option :
       {static_cast<cl::Option *>(&check), static_cast<cl::Option *>(&order),
        static_cast<cl::Option *>(&orders),
        static_cast<cl::Option *>(&counters),
        static_cast<cl::Option *>(&findings),
        static_cast<cl::Option *>(&resident), static_cast<cl::Option *>(&l2),
        static_cast<cl::Option *>(&threads),
        static_cast<cl::Option *>(&approximationSeed),
        static_cast<cl::Option *>(&instructions),
        static_cast<cl::Option *>(&ptx)})
    if (option->getNumOccurrences() && device != Device::Emulator)
      return fail("--" + option->ArgStr +
                  " expects --device emulator, got "
                  "--device " +
                  getName(device));
  if (chip.getNumOccurrences() && device != Device::Emulator &&
      device != Device::Cuda)
    return fail("--chip expects --device emulator or cuda, got --device " +
                getName(device));
  if (chip.getNumOccurrences() && chip.empty())
    return fail("--chip expects a name, got ''");
  if (kernels.getNumOccurrences() && device != Device::Cuda)
    return fail("--kernels expects --device cuda, got --device " +
                getName(device));
  if (kernels.getNumOccurrences() &&
      !llvm::is_contained({"cubin", "ptx", "bitcode"}, kernels))
    return fail("--kernels expects cubin, ptx or bitcode, got '" + kernels +
                "'");
  EmulatorRunOptions &emulated = options.emulator;
  if (!parseChecks(check, emulated.emulator.checks))
    return false;
  if (orders.getNumOccurrences() && order.getNumOccurrences())
    return fail("--orders expects no --order, got --order " + order);
  if (orders == 0)
    return fail("--orders expects at least 1, got 0");
  emulated.orders = makeOrders(orders);
  if (!parseOrder(order, emulated.orders.front()))
    return false;
  if (findings == 0)
    return fail("--findings expects at least 1, got 0");
  if (resident == 0)
    return fail("--resident expects at least 1, got 0");
  if (counters.getNumOccurrences() && counters.empty())
    return fail("--counters expects a file, got ''");
  if (ptx.getNumOccurrences() && ptx.empty())
    return fail("--emit-ptx expects a file, got ''");
  if (!ptx.empty() && (!arguments.empty() || !outputFolder.empty() ||
                       !counters.empty() || !entry.empty()))
    return fail("--emit-ptx runs nothing: expected no --entry, --arg, --out or "
                "--counters");
  emulated.emulator.findingLimit = findings;
  emulated.emulator.residentCtas = resident;
  emulated.emulator.instructionLimit = instructions;
  emulated.emulator.l2Bytes = l2;
  emulated.emulator.hostThreads = threads;
  emulated.emulator.approximationSeed = approximationSeed;
  emulated.emulator.counters = !counters.empty();
  emulated.countersFile = counters;
  emulated.ptxFile = ptx;

  if (repeat == 0)
    return fail("--repeat expects at least 1, got 0");
  if (outputFolder.getNumOccurrences() && outputFolder.empty())
    return fail("--out expects a folder, got ''");
  for (const std::string &text : arguments) {
    llvm::Expected<mhc::ArgumentSpec> spec = mhc::parseArgumentSpec(text);
    if (!spec)
      return fail("--arg: " + llvm::toString(spec.takeError()));
    options.arguments.push_back(std::move(*spec));
  }
  options.file = file;
  options.entry = entry;
  options.device = device;
  options.outputFolder = outputFolder;
  options.round = round;
  options.repeat = repeat;
  options.time = time;
  options.memory = memory;
  options.chip = chip;
  if (options.chip.empty() && device == Device::Emulator)
    options.chip = "sm_90a";
  options.kernelForm = kernels;
  return true;
}
