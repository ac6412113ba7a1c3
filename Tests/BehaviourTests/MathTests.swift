import Behaviour
import Foundation
import Testing

@Suite("Elementary functions of our own")
struct MathTests {
    @Test("They agree with the platform's to a few units in the last place")
    func agree() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<20_000 {
            let x = Double(generator.below(1_400_000)) / 1_000 - 700
            let exp = StableMath.exp(x)
            #expect((exp - Foundation.exp(x)).magnitude <= 4 * exp.ulp)
            let y = Double(generator.next() % 1_000_000_007) / 1_000 + 0.001
            let log = StableMath.log(y)
            #expect((log - Foundation.log(y)).magnitude <= 4 * max(log.magnitude, 1e-3).ulp)
            let z = Double(generator.below(1_000_000)) / 1e7
            #expect((StableMath.log1p(z) - Foundation.log1p(z)).magnitude <= 4 * z.ulp + 1e-18)
        }
    }

    @Test("Ends and edges are what IEEE says")
    func edges() {
        #expect(StableMath.exp(0) == 1)
        #expect(StableMath.exp(1000) == .infinity)
        #expect(StableMath.exp(-1000) == 0)
        #expect(StableMath.exp(-740) > 0)
        #expect(StableMath.exp(.nan).isNaN)
        #expect(StableMath.log(1) == 0)
        #expect(StableMath.log(0) == -.infinity)
        #expect(StableMath.log(-1).isNaN)
        #expect(StableMath.logistic(0) == 0.5)
        #expect(StableMath.logistic(-800) == 0)
        #expect(StableMath.logistic(800) == 1)
    }

    @Test("The bits are fixed, so that they are the same on every machine")
    func bits() {
        #expect(StableMath.exp(1).bitPattern == 0x4005_bf0a_8b14_576a)
        #expect(StableMath.log(10).bitPattern == 0x4002_6bb1_bbb5_5516)
        #expect(StableMath.half(1) == 0.5)
    }
}
