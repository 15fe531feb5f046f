// RUN: mhc-opt %s --split-input-file --verify-diagnostics

func.func @strided(%a: memref<4x4xf32, strided<[8, 1]>>) {
  // expected-error @+1 {{'mhc.life_begin' op operand #0 must be a memref of identity layout, but got 'memref<4x4xf32, strided<[8, 1]>>'}}
  "mhc.life_begin"(%a) {label = "a"} : (memref<4x4xf32, strided<[8, 1]>>) -> ()
  return
}

// -----

func.func @unranked(%a: memref<*xf32>) {
  // expected-error @+1 {{'mhc.life_end' op operand #0 must be a memref of identity layout, but got 'memref<*xf32>'}}
  "mhc.life_end"(%a) {label = "a"} : (memref<*xf32>) -> ()
  return
}

// -----

func.func @unnamed(%a: memref<4xf32>) {
  // expected-error @+1 {{requires attribute 'label'}}
  "mhc.life_end"(%a) : (memref<4xf32>) -> ()
  return
}
