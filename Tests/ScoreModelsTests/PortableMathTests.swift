import Foundation
import ScoreModels
import TestSupport
import Testing

@Suite("Exponential and logarithm")
struct PortableMathTests {
    @Test("They are within two units in the last place of the machine's")
    func closeToLibm() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<200_000 {
            let x = Double.random(in: -740...709, using: &random)
            let e = PortableMath.exp(x)
            #expect((e - Foundation.exp(x)).magnitude <= 2 * e.ulp)
            let y = Double.random(in: 0...8, using: &random) * Foundation.exp(x / 8)
            let l = PortableMath.log(y)
            #expect((l - Foundation.log(y)).magnitude <= 2 * max(l.ulp, 0x1p-60))
            let z = Double.random(in: -0.9...0.9, using: &random)
            let p = PortableMath.log1p(z)
            #expect((p - Foundation.log1p(z)).magnitude <= 4 * p.ulp)
        }
    }

    @Test("Ends and edges")
    func edges() {
        #expect(PortableMath.exp(0) == 1)
        #expect(PortableMath.exp(1000) == .infinity)
        #expect(PortableMath.exp(-1000) == 0)
        #expect(PortableMath.exp(.nan).isNaN)
        #expect(PortableMath.log(1) == 0)
        #expect(PortableMath.log(0) == -.infinity)
        #expect(PortableMath.log(-1).isNaN)
        #expect(PortableMath.log(.infinity) == .infinity)
        #expect(PortableMath.log1p(1e-300) == 1e-300)
        #expect(PortableMath.log1p(-1) == -.infinity)
        #expect(PortableMath.logistic(0) == 0.5)
        #expect(PortableMath.logistic(-800) == 0)
        #expect(PortableMath.logistic(800) == 1)
        #expect(PortableMath.exp(-740) > 0)
        #expect(PortableMath.half(0) == 1)
        #expect(PortableMath.half(1) == 0.5)
        #expect(PortableMath.half(5000) == 0)
    }

    @Test("The bits are these on every machine")
    func golden() {
        var sum: UInt64 = 0
        for step in -2_000...2_000 {
            let x = Double(step) / 7
            sum = sum &* 31 &+ PortableMath.exp(x).bitPattern
            sum = sum &* 31 &+ PortableMath.log(x.magnitude).bitPattern
            sum = sum &* 31 &+ PortableMath.logistic(x).bitPattern
        }
        #expect(sum == 15_295_606_346_949_079_172)
    }
}
