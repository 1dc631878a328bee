namespace QueryStream.TestKit.Tests;

public sealed class AllocationsTests
{
    private object? _kept;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void What_the_work_allocates_is_counted_exactly(int objects)
    {
        const int ObjectBytes = 24;
        long allocated = Allocations.By(() =>
        {
            for (int i = 0; i < objects; i++)
            {
                _kept = new object();
            }
        });
        Assert.Equal(objects * ObjectBytes, allocated);
    }

    [Fact]
    public void Background_collections_add_nothing()
    {
        for (int i = 0; i < 100; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            _kept = new object();
            Assert.Equal(0, Allocations.By(Spin));
        }

        static void Spin() => Thread.SpinWait(10_000);
    }

    [Fact]
    public void Runs_end_with_the_first_count_that_is_small_enough()
    {
        int runs = 0;
        long allocated = Allocations.By(
            () =>
            {
                runs++;
                _kept = new byte[1_000];
            },
            enough: 100_000);
        Assert.InRange(allocated, 1_000, 100_000);
        Assert.Equal(1, runs);
    }
}
