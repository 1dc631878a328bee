using System.Globalization;
using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation.Tests;

/// <summary>A few seeds on every run of the tests; ./test.sh runs hundreds with the program.</summary>
public sealed class SeedTests
{
    // Others than those of ./test.sh, which begin with 1.
    private const ulong First = 1_000_000;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, Count).Select(offset => First + (ulong)offset)];

    // More of them for the line coverage, see docs/design/simulation.md.
    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("QUERYSTREAM_SIMULATION_SEEDS"), CultureInfo.InvariantCulture, out int count) ? count : 20;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_output_is_that_of_the_oracle_whatever_fails(ulong seed)
    {
        SeedReport report = await Simulation.RunAsync(seed);
        Assert.Null(report.Failure);
        Assert.True(report.Events >= 1_000, $"{report.Events} events");
        Assert.True(report.Operators >= 3, $"{report.Operators} operators");
        Assert.True(report.Faults.Values.Sum() >= 3, $"{report.Faults.Count} faults");
        Assert.True(report.Restores >= 1, "no restore");
    }
}
