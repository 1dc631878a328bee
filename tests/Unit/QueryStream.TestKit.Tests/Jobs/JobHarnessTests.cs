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

    private JobHarness Divide()
    {
        JobHarness job = new(builder => builder.Source("numbers", _numbers).Map(number => 100 / number).To("shares", _shares));
        _numbers.Push(0, time: 0);
        job.Run();
        return job;
    }
}
