// Division by zero raises a signal on this machine.
// RUN: %python %S/../Inputs/exits.py 1 mhc-run %s --entry divide --device cpu --arg full:1 --arg full:0
func.func @divide(%a: i64, %b: i64) -> i64 {
  %0 = arith.divsi %a, %b : i64
  return %0 : i64
}

// A negative size writes over memory.
// RUN: %python %S/../Inputs/exits.py 1 --seconds 20 mhc-run %s --entry negative --device cpu --arg full:-1
func.func @negative(%i: i64) -> tensor<?xbf16> {
  %c = arith.index_cast %i : i64 to index
  %0 = tensor.empty(%c) : tensor<?xbf16>
  return %0 : tensor<?xbf16>
}
