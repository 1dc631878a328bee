using QueryStream.TestKit;

namespace QueryStream.Benchmarks.Tests;

public sealed class OperatorAllocationTests
{
    // For a million rows: less than the 24 bytes of one object per row, but more than debug builds record per batch and arrays that still grow.
    private const long MaxBytes = 2 * 1_000_000;

    public static TheoryData<string> Operators => [.. OperatorBenchmarks.Names.Except(OperatorBenchmarks.Allocating)];

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_row_allocates_nothing_in_the_steady_state(string name)
    {
        OperatorBenchmarks benchmarks = new() { Operator = name };
        benchmarks.Start();
        try
        {
            Assert.InRange(Allocations.By(benchmarks.Row, enough: MaxBytes), 0, MaxBytes);
        }
        finally
        {
            benchmarks.End();
        }
    }
}
