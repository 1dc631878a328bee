using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Checks properties on random cases. A failure names the seed that reproduces it.</summary>
internal static class Property
{
    private const string ReplayVariable = "QUERYSTREAM_REPLAY";

    // Multiplies the number of cases, for long runs.
    private static readonly int Effort =
        int.Parse(Environment.GetEnvironmentVariable("QUERYSTREAM_EFFORT") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Checks a property on cases of growing size. A failing case is shrunk.</summary>
    /// <param name="generate">Generates a case from random numbers and a size of 1 to 100.</param>
    /// <param name="shrink">Smaller cases.</param>
    /// <param name="tests">The number of cases.</param>
    /// <param name="check">Throws if the property does not hold.</param>
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
