using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;
using QueryStream.Wire.Control;

namespace QueryStream.Local.Tests;

/// <summary>Real tasks on real threads.</summary>
public sealed class LocalClusterTests
{
    private const int Rows = 10_000;
    private static readonly int[] Numbers = [.. Enumerable.Range(0, Rows)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_bounded_job_brings_each_row_to_its_sink_once_and_finishes(int parallelism)
    {
        MemorySource<int> source = new(Numbers);
        MemorySink<int> sink = new();
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();

        JobHandle job = await cluster.SubmitAsync(Copy(source, sink), JobSettings.None, parallelism, CancellationToken.None);
        JobResult result = await job.Completion;

        Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
        Assert.Equal(Numbers, sink.Rows.Order());
        Assert.Equal((Rows, Rows), (result.Metrics.RecordsRead, result.Metrics.Acknowledged));
        Assert.Equal(Rows, result.Metrics.Counters["rows"]);
        Assert.Equal(Rows, result.Metrics.Counters["distinct"]);
        Assert.InRange(result.Metrics.TimeToLastAcknowledgement!.Value, TimeSpan.Zero, result.Metrics.RunningFor);
        Assert.Equal((parallelism, parallelism), (source.Closed, sink.Closed));
        await job.Running;
        Assert.Equal("copy", job.Name);
    }

    [Fact]
    public async Task Subtasks_are_spread_over_the_workers_and_their_slots_are_free_afterwards()
    {
        MemorySource<int> source = new(Numbers) { IsBounded = false };
        await using ServiceProvider services = Start(workers: 3, slots: 2);
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();
        JobHandle job = await cluster.SubmitAsync(Copy(source, new MemorySink<int>()), JobSettings.None, 3, CancellationToken.None);
        await job.Running;

        ClusterOverview overview = cluster.Overview();
        Assert.Equal((3, 6), (overview.FreeSlots, overview.TotalSlots));
        foreach (WorkerInfo worker in overview.Workers)
        {
            SlotInfo used = Assert.Single(worker.Slots, slot => !slot.IsFree);
            Assert.Equal(job.Id, used.Job);
            Assert.Equal(2, used.Tasks.Count);
            Assert.All(used.Tasks, task => Assert.Equal(ExecutionState.Running, task.State));
        }

        await job.CancelAsync();
        Assert.Equal(6, cluster.Overview().FreeSlots);
        Assert.Equal(JobStatus.Canceled, job.Status);
    }

    [Fact]
    public async Task Too_few_slots_are_said_at_submission()
    {
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();

        SettingException refused = await Assert.ThrowsAsync<SettingException>(
            () => cluster.SubmitAsync(Copy(new MemorySource<int>(Numbers), new MemorySink<int>()), JobSettings.None, 5, CancellationToken.None));

        Assert.Equal("QueryStream:LocalCluster:Slots", refused.Setting);
    }

    [Fact]
    public async Task A_wrong_definition_is_said_at_submission()
    {
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();

        await Assert.ThrowsAsync<JobDefinitionException>(
            () => cluster.SubmitAsync(new LambdaJob("empty", static _ => { }), JobSettings.None, 1, CancellationToken.None));
        await Assert.ThrowsAsync<SettingException>(() => cluster.SubmitAsync(
            new LambdaJob("settings", static _ => throw new SettingException("ttl", "is wrong.")), JobSettings.None, 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_service_that_is_away_when_a_task_opens_fails_the_job_with_its_message()
    {
        MemorySource<int> source = new(Numbers)
        {
            OnOpen = (subtask, _) => subtask == 1
                ? throw new ServiceUnavailableException("Kafka", "h:1", "Kafka not available at h:1 (refused)")
                : Task.CompletedTask,
        };
        MemorySink<int> sink = new();
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();

        JobHandle job = await cluster.SubmitAsync(Copy(source, sink), JobSettings.None, 2, CancellationToken.None);
        JobResult result = await job.Completion;

        Assert.Equal(JobStatus.Failed, result.Status);
        TaskFailedException failure = Assert.IsType<TaskFailedException>(result.Failure);
        Assert.Equal(("Source: numbers", 1), (failure.OperatorName, failure.Subtask));
        Assert.Equal("Kafka not available at h:1 (refused)", Assert.IsType<ServiceUnavailableException>(failure.InnerException).Message);
        await Assert.ThrowsAsync<TaskFailedException>(() => job.Running);
    }

    [Fact]
    public async Task A_task_that_throws_while_it_runs_fails_the_job_and_ends_the_others()
    {
        MemorySource<int> source = new(Numbers) { IsBounded = false };
        MemorySink<int> sink = new() { OnRow = row => _ = row == Rows / 2 ? throw new FormatException("bad row") : row };
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();

        JobHandle job = await cluster.SubmitAsync(Copy(source, sink), JobSettings.None, 2, CancellationToken.None);
        JobResult result = await job.Completion;

        TaskFailedException failure = Assert.IsType<TaskFailedException>(result.Failure);
        Assert.Equal("Sink: memory", failure.OperatorName);
        Assert.EndsWith($"failed: FormatException: bad row (at offset {Rows / 2} of split split-0)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, cluster.Overview().FreeSlots);
        await Wait.UntilAsync("all readers and writers to be closed", () => (source.Closed, sink.Closed) == (2, 2));
    }

    [Fact]
    public async Task A_job_is_cancelled_while_its_tasks_open()
    {
        TaskCompletionSource opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        MemorySource<int> source = new(Numbers) { OnOpen = (_, _) => opening.Task };
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();
        JobHandle job = await cluster.SubmitAsync(Copy(source, new MemorySink<int>()), JobSettings.None, 2, CancellationToken.None);
        await Wait.UntilAsync("the tasks to open", () => job.Tasks.Any(task => task.State == ExecutionState.Running));

        Task cancelled = job.CancelAsync();
        opening.SetResult();
        await cancelled;

        Assert.Equal(JobStatus.Canceled, job.Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Running);
    }

    [Fact]
    public async Task Disposing_of_the_cluster_cancels_its_jobs_and_closes_their_readers_and_writers()
    {
        MemorySource<int> source = new(Numbers) { IsBounded = false };
        MemorySink<int> sink = new();
        JobHandle job;
        await using (ServiceProvider services = Start())
        {
            job = await services.GetRequiredService<LocalCluster>().SubmitAsync(Copy(source, sink), JobSettings.None, 4, CancellationToken.None);
            await job.Running;
        }

        Assert.True(job.Completion.IsCompleted);
        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
        Assert.Equal((4, 4), (source.Closed, sink.Closed));
    }

    [Fact]
    public async Task A_cluster_that_is_disposed_of_takes_no_jobs_and_may_be_disposed_of_again()
    {
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();
        await cluster.DisposeAsync();
        await cluster.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => cluster.SubmitAsync(Copy(new MemorySource<int>(Numbers), new MemorySink<int>()), JobSettings.None, 1, CancellationToken.None));
    }

    [Fact]
    public async Task Jobs_follow_each_other_and_run_side_by_side()
    {
        await using ServiceProvider services = Start();
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();
        for (int round = 0; round < 5; round++)
        {
            JobHandle[] jobs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => cluster.SubmitAsync(
                Copy(new MemorySource<int>(Numbers), new MemorySink<int>()), JobSettings.None, 2, CancellationToken.None)));
            foreach (JobHandle job in jobs)
            {
                Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
            }
        }
    }

    [Fact]
    public async Task A_start_is_logged_and_a_healthy_job_logs_neither_warnings_nor_errors()
    {
        using LogCollector loggers = new();
        await using (ServiceProvider services = Start(loggers: loggers))
        {
            JobHandle job = await services.GetRequiredService<LocalCluster>()
                .SubmitAsync(Copy(new MemorySource<int>(Numbers), new MemorySink<int>()), JobSettings.None, 2, CancellationToken.None);
            await job.Completion;
        }

        Assert.Contains(loggers.Lines, line => line.Message.StartsWith("✓ Streaming job started successfully", StringComparison.Ordinal));
        Assert.DoesNotContain(loggers.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("Workers", "0", "0 is not allowed. Allowed: 1 to 256.")]
    [InlineData("Workers", "257", "257 is not allowed. Allowed: 1 to 256.")]
    [InlineData("workers", "two", "'two' is not a whole number from -2147483648 to 2147483647.")]
    [InlineData("Slots", "0", "0 is not allowed. Allowed: 1 to 1024.")]
    [InlineData("Slots", "1025", "1025 is not allowed. Allowed: 1 to 1024.")]
    [InlineData("Parallelism", "0", "0 is not allowed. Allowed: 1 to 32768.")]
    [InlineData("MetricsInterval", "00:00:05", "'00:00:05' is not a duration: a number with a unit, 500ms, 5s, 2min, 1h or 30d.")]
    [InlineData("MetricsInterval", "1ms", "1ms is not allowed. Allowed: 10ms to 1h.")]
    [InlineData(
        "Wrokers",
        "2",
        "is unknown. There are: QueryStream:LocalCluster:MetricsInterval, QueryStream:LocalCluster:Parallelism, "
        + "QueryStream:LocalCluster:Slots, QueryStream:LocalCluster:Workers.")]
    public async Task A_wrong_option_stops_the_host_from_starting_and_is_named_with_its_value(string option, string value, string problem)
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder([KeyValuePair.Create<string, string?>($"QueryStream:LocalCluster:{option}", value)]);
        builder.Services.AddQueryStreamLocalCluster();
        using IHost host = builder.Build();

        SettingException error = await Assert.ThrowsAsync<SettingException>(() => host.StartAsync());

        Assert.Equal(($"QueryStream:LocalCluster:{option}".ToUpperInvariant(), problem), (error.Setting.ToUpperInvariant(), error.Problem));
    }

    [Fact]
    public async Task Workers_have_the_slots_that_the_widest_operator_of_the_first_job_needs()
    {
        MemorySink<int> sink = new();
        MemorySource<int> source = new(Numbers);
        LambdaJob wide = new("wide", job => job.Source("numbers", source).Map(number => number).Parallelism(9).To("memory", sink));
        await using ServiceProvider services = Start(workers: 2, slots: null);
        LocalCluster cluster = services.GetRequiredService<LocalCluster>();

        JobHandle job = await cluster.SubmitAsync(wide, JobSettings.None, 2, CancellationToken.None);

        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Equal(Numbers, sink.Rows.Order());
        Assert.Equal(10, cluster.Overview().TotalSlots);
        NotEnoughSlotsException refused = await Assert.ThrowsAsync<NotEnoughSlotsException>(
            () => cluster.SubmitAsync(Copy(new MemorySource<int>(Numbers), sink), JobSettings.None, 11, CancellationToken.None));
        Assert.Equal((11, 10), (refused.Needed, refused.Free));
    }

    [Theory]
    [InlineData(1, 2, null, 2)]
    [InlineData(5, 2, null, 3)]
    [InlineData(5, 2, 3, 3)]
    [InlineData(5, 2, 7, 7)]
    [InlineData(2_048, 2, null, 1_024)]
    public void Workers_get_the_slots_that_a_job_needs_unless_the_number_is_set(int needed, int workers, int? slots, int each) =>
        Assert.Equal(each, new LocalClusterOptions { Workers = workers, Slots = slots }.SlotsPerWorker("job", needed));

    [Theory]
    [InlineData(
        5, 2, 2, "Slots",
        "2 is too few: job 'job' needs 5 slots, its largest parallelism, and there are 4. "
        + "Set it (--slots) to 3 or more, leave it unset, or lower the parallelism.")]
    [InlineData(
        2_049, 2, null, "Workers",
        "2 is too few: job 'job' needs 2049 slots, its largest parallelism, and a worker has at most 1024. "
        + "Set it (--workers) to 3 or more, or lower the parallelism.")]
    public void Too_few_slots_are_an_error_of_the_option_that_says_so(int needed, int workers, int? slots, string option, string problem)
    {
        LocalClusterOptions options = new() { Workers = workers, Slots = slots };

        SettingException error = Assert.Throws<SettingException>(() => options.SlotsPerWorker("job", needed));

        Assert.Equal(($"QueryStream:LocalCluster:{option}", problem), (error.Setting, error.Problem));
    }

    private static ServiceProvider Start(int workers = 2, int? slots = 2, ILoggerFactory? loggers = null)
    {
        Dictionary<string, string?> options = new()
        {
            ["QueryStream:LocalCluster:Workers"] = workers.ToString(CultureInfo.InvariantCulture),
            ["QueryStream:LocalCluster:Slots"] = slots?.ToString(CultureInfo.InvariantCulture) ?? "off",
        };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(options).Build())
            .AddSingleton(loggers ?? NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddQueryStreamLocalCluster()
            .BuildServiceProvider();
    }

    private static LambdaJob Copy(MemorySource<int> source, MemorySink<int> sink) => new("copy", job =>
    {
        Stream<int> rows = job.Source("numbers", source).Count("rows");
        rows.CountOnce("distinct", number => new RecordPosition(number % 4, number / 4));
        rows.To("memory", sink);
    });
}
