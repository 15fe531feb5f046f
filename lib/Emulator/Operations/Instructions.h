//===- Instructions.h - Handlers from pure functions ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What Math.cpp and Conversions.cpp share: handlers made of pure functions, and
// the text of instructions.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_OPERATIONS_INSTRUCTIONS_H
#define MHC_EMULATOR_OPERATIONS_INSTRUCTIONS_H

#include "Instrument/OperationTable.h"

#include <tuple>
#include <type_traits>
#include <utility>

namespace mhc::emulator {

/// Variations of a handler, such as a rounding, in a site's 64 bits.
template <typename Variant> uint64_t encodeVariant(const Variant &variant) {
  static_assert(std::is_trivially_copyable_v<Variant> && sizeof(Variant) <= 8);
  uint64_t data = 0;
  std::memcpy(&data, &variant, sizeof(Variant));
  return data;
}

template <typename Variant> Variant decodeVariant(uint64_t data) {
  static_assert(std::is_trivially_copyable_v<Variant> && sizeof(Variant) <= 8);
  Variant variant;
  std::memcpy(&variant, &data, sizeof(Variant));
  return variant;
}

namespace detail {
template <typename Result, typename... Arguments, std::size_t... Slots>
void callPure(Call &call, Result (*function)(Arguments...),
              std::index_sequence<Slots...>) {
  using Types = std::tuple<Arguments...>;
  constexpr std::size_t numOperands = sizeof...(Slots);
  if constexpr (numOperands == sizeof...(Arguments))
    call.set(0,
             function(call.get<std::tuple_element_t<Slots, Types>>(Slots)...));
  else
    call.set(0,
             function(call.get<std::tuple_element_t<Slots, Types>>(Slots)...,
                      decodeVariant<std::tuple_element_t<numOperands, Types>>(
                          call.site.data)));
}

template <unsigned NumVariants, typename Result, typename... Arguments>
void callPure(Call &call, Result (*function)(Arguments...)) {
  callPure(call, function,
           std::make_index_sequence<sizeof...(Arguments) - NumVariants>());
}
} // namespace detail

/// The handler of an operation that is a function of its arguments.
template <auto Function> void runPure(Call &call) {
  detail::callPure<0>(call, Function);
}

/// The same where the last parameter is the variant.
template <auto Function> void runVariant(Call &call) {
  detail::callPure<1>(call, Function);
}

/// An instruction of one result as inline assembly: "ex2.approx.f32 $0, $1;".
inline void addInstruction(OperationTable &table, const llvm::Twine &name,
                           unsigned numOperands, Handler handler,
                           uint64_t data = 0) {
  std::string text = name.str() + " $0";
  for (unsigned i = 1; i <= numOperands; ++i)
    text += ", $" + std::to_string(i);
  table.addAssembly(text + ";", handler, data);
}

} // namespace mhc::emulator

#endif // MHC_EMULATOR_OPERATIONS_INSTRUCTIONS_H
