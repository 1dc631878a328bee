using QueryStream.TestKit.Jobs;

namespace QueryStream.TestKit.Tests.Jobs;

public sealed class JobHarnessTests
{
    private readonly HarnessSource<int> _numbers = new();
    private readonly HarnessSink<int> _shares = new();

    [Fact]
    public void A_failure_that_the_test_does_not_ask_for_fails_it()
    {
        JobHarness job = Divide();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(job.Dispose);
        Assert.Contains("The job has failed: Map, subtask 0", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(DivideByZeroException), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_that_the_test_has_seen_is_its_business()
    {
        using JobHarness job = Divide();
        Assert.IsType<DivideByZeroException>(job.Failure?.Cause);
    }

    [Fact]
    public void A_snapshot_of_a_job_that_has_failed_says_why_there_is_none()
    {
        using JobHarness job = Divide();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => job.Snapshot());
        Assert.IsType<DivideByZeroException>(error.InnerException);
        Assert.Contains("The job has failed: Map, subtask 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_there_is_not_is_refused_with_those_that_there_are()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => _numbers.Push(1, time: 0, split: 1));
        Assert.Contains("has 1 splits, numbered from 0", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _numbers.End(-1));
    }

    [Fact]
    public void Nothing_can_be_pushed_behind_the_end_of_a_split()
    {
        _numbers.EndAll();
        _numbers.EndAll();
        Assert.Contains("has ended", Assert.Throws<InvalidOperationException>(() => _numbers.Push(1, time: 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_are_counted_on_whatever_thread_the_job_runs()
    {
        using JobHarness job = new(builder => builder.Source("numbers", _numbers).Rebalance().Map(number => -number).To("shares", _shares));
        for (int number = 0; number < 20; number++)
        {
            _numbers.Push(number, time: 0);
            OnThread(() => job.Run(steps: 1));
        }

        _numbers.EndAll();
        while (!job.IsFinished)
        {
            OnThread(() => job.Run(steps: 1));
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(number => -number), _shares.Take());
    }

    private static void OnThread(Action action)
    {
        Thread thread = new(() => action());
        thread.Start();
        thread.Join();
    }

    private JobHarness Divide()
    {
        JobHarness job = new(builder => builder.Source("numbers", _numbers).Map(number => 100 / number).To("shares", _shares));
        _numbers.Push(0, time: 0);
        job.Run();
        return job;
    }
}
