;; Scalar products of many rows of bytes with one row of 16-bit numbers, sixteen at a time.
;; dimensions is a multiple of 16; every sum stays within 32 bits by the caller's scale.
(module
  (import "env" "memory" (memory 1))
  (func (export "dotRows")
    (param $rows i32) (param $count i32) (param $dimensions i32) (param $question i32) (param $out i32)
    (local $at i32) (local $sum v128) (local $bytes v128) (local $place i32)
    (block $done
      (br_if $done (i32.eqz (local.get $count)))
      (loop $row
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $at (i32.const 0))
        (local.set $place (local.get $question))
        (loop $sixteen
          (local.set $bytes (v128.load (i32.add (local.get $rows) (local.get $at))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.add
              (i32x4.dot_i16x8_s
                (i16x8.extend_low_i8x16_s (local.get $bytes)) (v128.load (local.get $place)))
              (i32x4.dot_i16x8_s
                (i16x8.extend_high_i8x16_s (local.get $bytes)) (v128.load offset=16 (local.get $place))))))
          (local.set $place (i32.add (local.get $place) (i32.const 32)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $sixteen (i32.lt_u (local.get $at) (local.get $dimensions))))
        (i32.store (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $rows (i32.add (local.get $rows) (local.get $dimensions)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br_if $row (local.get $count))))))
