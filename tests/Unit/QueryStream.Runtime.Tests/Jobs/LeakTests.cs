using QueryStream.Streams.Batches;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Jobs;

/// <summary>A batch that is not released is detected; debug builds also name its holder.</summary>
public sealed class LeakTests
{
    private static readonly bool AreHoldersNoted =
#if DEBUG
        true;
#else
        Core.HostileMode.IsOn;
#endif

    [Fact]
    public void A_batch_that_was_not_given_back_fails_the_test_and_its_holders_are_named()
    {
        HarnessSource<int> source = new();
        Batch<int>? forgotten = null;
        JobHarness job = new(builder => builder.Source("rows", source).Map(row => Forget(row, out forgotten)).To("sink", new HarnessSink<int>()));
        source.Push(1, time: 0);
        job.Run();
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(job.Dispose);
        forgotten!.Release();
        Assert.Contains("1 batches were not released", failure.Message, StringComparison.Ordinal);
        Assert.Equal(AreHoldersNoted, failure.Message.Contains($"Int32 rented at {nameof(LeakTests)}.cs:", StringComparison.Ordinal));
        Assert.Equal(AreHoldersNoted, failure.Message.Contains($"kept at {nameof(LeakTests)}.cs:", StringComparison.Ordinal));
    }

    private static int Forget(int row, out Batch<int> forgotten)
    {
        forgotten = Batch<int>.Rent();
        forgotten.Retain();
        forgotten.Release();
        return row;
    }
}
