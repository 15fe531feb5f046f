// The names of functions must not meet those of the program's surroundings.
// RUN: %python %S/../Inputs/exits.py 0 mhc-run %s --entry mhc_packed --device cpu --arg full:1
// RUN: %python %S/../Inputs/exits.py 0 mhc-run %s --entry puts --device cpu --arg full:1
// RUN: %python %S/../Inputs/exits.py 0 mhc-run %s --entry malloc --device cpu --arg full:1
// RUN: %python %S/../Inputs/exits.py 0 --seconds 60 mhc-run %s --entry expf --device cpu --arg full:1
func.func @mhc_packed(%x: i32) -> i32 {
  return %x : i32
}
func.func @puts(%x: i32) -> i32 {
  return %x : i32
}
func.func @malloc(%x: i32) -> i32 {
  return %x : i32
}
func.func @expf(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}
