using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.TestKit;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Runs a property over random cases, and says with which seed a failure can be had again.</summary>
internal static class Property
{
    private const string ReplayVariable = "QUERYSTREAM_REPLAY";

    // For long runs: how many times as many cases.
    private static readonly int Effort =
        int.Parse(Environment.GetEnvironmentVariable("QUERYSTREAM_EFFORT") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Checks cases of growing size; a failing one is made smaller as far as it still fails.</summary>
    /// <param name="generate">Makes a case from a seed and a size of 1 to 100.</param>
    /// <param name="shrink">Smaller cases.</param>
    /// <param name="tests">How many.</param>
    /// <param name="check">Throws where the property does not hold.</param>
    public static void Holds<T>(Func<SeededRandom, int, T> generate, Func<T, IEnumerable<T>> shrink, int tests, Action<T> check)
    {
        string? replay = Environment.GetEnvironmentVariable(ReplayVariable);
        ulong seed = replay is null ? (ulong)Random.Shared.NextInt64() : ulong.Parse(replay, CultureInfo.InvariantCulture);
        Gen<T> cases = Gen.Sized(size => Gen.Choose(int.MinValue, int.MaxValue)
            .Select(number => generate(new SeededRandom((ulong)(uint)number), Math.Max(1, size))));
        Config config = Config.QuickThrowOnFailure.WithMaxTest(tests * Effort).WithReplay(new Replay(new Rnd(seed), null));
        try
        {
            Check.One(config, Prop.ForAll(Arb.From(cases, shrink), check));
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{e.Message}\nTo see it again: {ReplayVariable}={seed}", e);
        }
    }
}
