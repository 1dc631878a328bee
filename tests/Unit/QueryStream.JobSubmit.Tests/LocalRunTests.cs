using Microsoft.Extensions.Logging;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;

namespace QueryStream.JobSubmit.Tests;

public sealed class LocalRunTests
{
    private static readonly LambdaJob Endless = new(
        "endless", job => job.Source("numbers", new MemorySource<int>([1, 2, 3]) { IsBounded = false }).To("memory", new MemorySink<int>()));

    [Fact]
    public async Task A_view_that_fails_ends_the_job_that_nobody_sees_any_more()
    {
        using LineLoggers loggers = new(TextWriter.Null, LogLevel.Information, TimeProvider.System);
        LocalRun run = new(loggers, new Clients(), TimeProvider.System) { Watch = (_, _) => Task.FromException(new IOException("no terminal")) };

        IOException error = await Assert.ThrowsAsync<IOException>(() => run.RunAsync(new LocalPlan(Endless, JobSettings.None, 1, 1, null), CancellationToken.None));

        Assert.Equal("no terminal", error.Message);
    }

    [Theory]
    [InlineData(1, 2, null, 2)]
    [InlineData(5, 2, null, 3)]
    [InlineData(5, 2, 1, 1)]
    [InlineData(5_000, 2, null, 1_024)]
    public void Workers_get_the_slots_that_the_parallelism_needs_as_far_as_they_may(int parallelism, int workers, int? slots, int each) =>
        Assert.Equal(each, new LocalPlan(Endless, JobSettings.None, parallelism, workers, slots).SlotsPerWorker);
}
