using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation.Tests;

/// <summary>A few seeds on every run of the tests.</summary>
public sealed class SeedTests
{
    // Others than those that the program runs, which begin with 1.
    private const ulong First = 1_000_000;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(0, 20).Select(offset => First + (ulong)offset)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_output_without_faults_is_that_of_the_oracle(ulong seed)
    {
        SeedReport report = await Simulation.RunAsync(seed, isCalm: true);
        Assert.Null(report.Failure);
        Assert.True(report.Events >= 1_000, $"{report.Events} events");
        Assert.True(report.Operators >= 3, $"{report.Operators} operators");
    }
}
