// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What #mhc.order refuses.

// A leaf of no power of two.
// expected-error @below {{expected leaf to be a power of two from 8 to 1024, got 33}}
func.func private @f() attributes {o = #mhc.order<leaf = 33, groups = 16>}

// -----

// Too small a leaf.
// expected-error @below {{expected leaf to be a power of two from 8 to 1024, got 4}}
func.func private @f() attributes {o = #mhc.order<leaf = 4, groups = 16>}

// -----

// Too large a leaf.
// expected-error @below {{expected leaf to be a power of two from 8 to 1024, got 2048}}
func.func private @f() attributes {o = #mhc.order<leaf = 2048, groups = 16>}

// -----

// A negative leaf.
// expected-error @below {{expected leaf to be a power of two from 8 to 1024, got -32}}
func.func private @f() attributes {o = #mhc.order<leaf = -32, groups = 16>}

// -----

// No group.
// expected-error @below {{expected groups to be a power of two from 1 to 256, got 0}}
func.func private @f() attributes {o = #mhc.order<leaf = 32, groups = 0>}

// -----

// Groups of no power of two.
// expected-error @below {{expected groups to be a power of two from 1 to 256, got 3}}
func.func private @f() attributes {o = #mhc.order<leaf = 32, groups = 3>}

// -----

// Too many groups.
// expected-error @below {{expected groups to be a power of two from 1 to 256, got 512}}
func.func private @f() attributes {o = #mhc.order<leaf = 32, groups = 512>}

// -----

// A key that there is not.
// expected-error @below {{expected a key out of leaf, groups; got 'warps'}}
func.func private @f() attributes {o = #mhc.order<leaf = 32, warps = 16>}

// -----

// A key twice.
// expected-error @below {{expected each key once, got 'leaf' again}}
func.func private @f() attributes {o = #mhc.order<leaf = 32, leaf = 32>}

// -----

// A word for a number.
// expected-error @below {{expected integer value}}
func.func private @f() attributes {o = #mhc.order<leaf = many>}
