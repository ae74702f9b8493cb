;; The scan of the log reader: four places of a text at once through the automaton of tokens.ts.
;;
;; One place alone waits for memory at every byte, for the next look-up needs the state that the last one gave;
;; four waits at a time take no longer than one. `npm run wat` writes scan-module.ts from this file.
;;
;; Memory: the classes of the 256 bytes at 0, the automaton's table at 256 (TABLE in scan.ts).
(module
  (import "scan" "memory" (memory 1))

  ;; Reads $length bytes from each of $a, $b, $c and $d, every one from the automaton's first state. Of each line's
  ;; first token the place of the last byte goes to $found. Returns where the places end.
  ;; $seen: the state that waits for the line's end.
  (func (export "scan")
    (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $length i32)
    (param $seen i32) (param $found i32) (result i32)
    (local $sa i32) (local $sb i32) (local $sc i32) (local $sd i32) (local $end i32)
    (local.set $end (i32.add (local.get $a) (local.get $length)))
    ;; From here on as distances from $a: only one place has to be counted up.
    (local.set $b (i32.sub (local.get $b) (local.get $a)))
    (local.set $c (i32.sub (local.get $c) (local.get $a)))
    (local.set $d (i32.sub (local.get $d) (local.get $a)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $sa (i32.load offset=256 (i32.add (local.get $sa)
          (i32.shl (i32.load8_u (i32.load8_u (local.get $a))) (i32.const 2)))))
        (local.set $sb (i32.load offset=256 (i32.add (local.get $sb)
          (i32.shl (i32.load8_u (i32.load8_u (i32.add (local.get $a) (local.get $b)))) (i32.const 2)))))
        (local.set $sc (i32.load offset=256 (i32.add (local.get $sc)
          (i32.shl (i32.load8_u (i32.load8_u (i32.add (local.get $a) (local.get $c)))) (i32.const 2)))))
        (local.set $sd (i32.load offset=256 (i32.add (local.get $sd)
          (i32.shl (i32.load8_u (i32.load8_u (i32.add (local.get $a) (local.get $d)))) (i32.const 2)))))
        ;; A state in which a token ends is negative.
        (if (i32.lt_s
              (i32.or (i32.or (local.get $sa) (local.get $sb)) (i32.or (local.get $sc) (local.get $sd)))
              (i32.const 0))
          (then
            (if (i32.lt_s (local.get $sa) (i32.const 0)) (then
              (i32.store (local.get $found) (local.get $a))
              (local.set $found (i32.add (local.get $found) (i32.const 4)))
              (local.set $sa (local.get $seen))))
            (if (i32.lt_s (local.get $sb) (i32.const 0)) (then
              (i32.store (local.get $found) (i32.add (local.get $a) (local.get $b)))
              (local.set $found (i32.add (local.get $found) (i32.const 4)))
              (local.set $sb (local.get $seen))))
            (if (i32.lt_s (local.get $sc) (i32.const 0)) (then
              (i32.store (local.get $found) (i32.add (local.get $a) (local.get $c)))
              (local.set $found (i32.add (local.get $found) (i32.const 4)))
              (local.set $sc (local.get $seen))))
            (if (i32.lt_s (local.get $sd) (i32.const 0)) (then
              (i32.store (local.get $found) (i32.add (local.get $a) (local.get $d)))
              (local.set $found (i32.add (local.get $found) (i32.const 4)))
              (local.set $sd (local.get $seen))))))
        (local.set $a (i32.add (local.get $a) (i32.const 1)))
        (br $next)))
    (local.get $found))

  ;; The number of line ends in [$from, $to): sixteen bytes at once, the last ones singly.
  (func (export "lineEnds") (param $from i32) (param $to i32) (result i32)
    (local $count i32)
    (block $few
      (loop $sixteen
        (br_if $few (i32.gt_u (i32.add (local.get $from) (i32.const 16)) (local.get $to)))
        (local.set $count (i32.add (local.get $count) (i32.popcnt (i8x16.bitmask
          (i8x16.eq (v128.load (local.get $from)) (i8x16.splat (i32.const 10)))))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $sixteen)))
    (block $done
      (loop $one
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $count (i32.add (local.get $count)
          (i32.eq (i32.load8_u (local.get $from)) (i32.const 10))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $one)))
    (local.get $count)))
