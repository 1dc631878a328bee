using QueryStream.TestKit;

namespace QueryStream.Benchmarks.Tests;

public sealed class OperatorAllocationTests
{
    // For a million rows. What debug builds note of each batch, and arrays that grow for longer than the warm-up, are less than a byte of a row;
    // an object for each row would be 24.
    private const double Most = 2 * 1_000_000;

    public static TheoryData<string> Operators => [.. OperatorBenchmarks.Names.Except(OperatorBenchmarks.Allocating)];

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_row_allocates_nothing_in_the_steady_state(string name)
    {
        OperatorBenchmarks benchmarks = new() { Operator = name };
        benchmarks.Start();
        try
        {
            Assert.InRange(Allocations.By(benchmarks.Row), 0, Most);
        }
        finally
        {
            benchmarks.End();
        }
    }
}
