using System.Diagnostics;
using System.Globalization;
using QueryStream.Coordinator;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;
using QueryStream.Testing.Cluster;

namespace QueryStream.Local.Tests;

/// <summary>
/// Real tasks on simulated workers: for every order of turns and every delay of elements, the results equal those of an oracle, and a broken
/// connection fails the attempt. A failing test names its seed.
/// </summary>
public sealed class SimulatedJobTests
{
    private const string TraceFile = "QUERYSTREAM_TRACE_FILE";
    private const int Seeds = 200;
    private const int Traced = 20;

    private static readonly (Text Word, int Number)[] Input =
        [.. Enumerable.Range(0, 300).Select(number => (Text.From($"từ-{number % 7}"), number))];

    [Fact]
    public async Task In_every_order_the_results_are_those_of_the_oracle()
    {
        long elements = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            using SimulatedCluster cluster = SimulatedCluster.WithRealTasks(seed, workers: 3, slots: 2);
            Words job = new();
            JobResult result = await RunAsync(cluster, job, parallelism: 1 + (int)(seed % 6));
            Assert.True(result.Status == JobStatus.Finished, $"{result.Status} {result.Failure} (seed {seed})");
            job.AssertIsRight(seed);
            AssertNothingIsLeft(cluster, seed);
            elements += cluster.Elements;
        }

        Assert.True(elements > 20 * Seeds, $"{elements} elements");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_connection_fails_the_attempt_or_comes_too_late_to_matter(bool loses)
    {
        int broken = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            SeededRandom random = new(seed);
            using SimulatedCluster cluster = SimulatedCluster.WithRealTasks(seed, workers: 2, slots: 2);
            cluster.LosesOneElementIn = loses ? 20 + random.Next(1_000) : 0;
            Words job = new();
            JobHandle handle = await AcceptAsync(cluster, job, parallelism: 4);
            if (!loses)
            {
                int elements = random.Next(300);
                cluster.Executor.AdvanceUntil(
                    "elements to cross", () => cluster.Elements >= elements || handle.Completion.IsCompleted, TimeSpan.FromMinutes(1));
                cluster.CutData("worker-1", "worker-2");
            }

            JobResult result = await cluster.EndAsync(handle);
            if (result.Status == JobStatus.Failed)
            {
                ChannelLostException lost = Assert.IsType<ChannelLostException>(Lost(result.Failure!));
                Assert.Contains("is lost: The connection between worker-", lost.Message, StringComparison.Ordinal);
                Assert.True(cluster.Cuts >= 1);
                broken++;
            }
            else
            {
                job.AssertIsRight(seed);
            }

            AssertNothingIsLeft(cluster, seed);
        }

        Assert.InRange(broken, 20, Seeds - 20);
    }

    // Another process has different addresses, string hash codes and thread timings.
    [Fact]
    public async Task Equal_seeds_send_equal_bytes_in_two_processes()
    {
        string[] traces = new string[Traced];
        for (int seed = 0; seed < Traced; seed++)
        {
            using SimulatedCluster cluster = SimulatedCluster.WithRealTasks((ulong)seed, workers: 3, slots: 2);
            cluster.LosesOneElementIn = seed % 2 == 0 ? 0 : 500;
            await RunAsync(cluster, new Words(), parallelism: 6);
            traces[seed] = cluster.Trace.ToString("x16", CultureInfo.InvariantCulture);
        }

        Assert.Equal(Traced, traces.Distinct().Count());
        if (Environment.GetEnvironmentVariable(TraceFile) is { } file)
        {
            await File.WriteAllLinesAsync(file, traces);
            return;
        }

        Assert.Equal(traces, await TracesOfAnotherProcessAsync());
    }

    private static async Task<string[]> TracesOfAnotherProcessAsync()
    {
        string file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(Environment.ProcessPath!)
            {
                ArgumentList =
                {
                    "vstest",
                    typeof(SimulatedJobTests).Assembly.Location,
                    $"--Tests:{typeof(SimulatedJobTests).FullName}.{nameof(Equal_seeds_send_equal_bytes_in_two_processes)}",
                },
                Environment = { [TraceFile] = file },
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, output);
            return await File.ReadAllLinesAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<JobHandle> AcceptAsync(SimulatedCluster cluster, Words job, int parallelism) =>
        cluster.AcceptAsync(cluster.Jobs.Add("words", new LambdaJob("words", job.Define)), parallelism);

    private static async Task<JobResult> RunAsync(SimulatedCluster cluster, Words job, int parallelism) =>
        await cluster.EndAsync(await AcceptAsync(cluster, job, parallelism));

    private static Exception Lost(Exception failure) =>
        failure is ChannelLostException or { InnerException: null } ? failure : Lost(failure.InnerException!);

    private static void AssertNothingIsLeft(SimulatedCluster cluster, ulong seed)
    {
        cluster.Executor.Advance(TimeSpan.FromSeconds(1));
        ClusterOverview overview = cluster.Coordinator.Overview();
        Assert.True(overview.TotalSlots == overview.FreeSlots, $"{overview.FreeSlots} of {overview.TotalSlots} slots are free (seed {seed})");
    }

    /// <summary>Counts words by window, and also emits all rows. Texts cross two exchanges.</summary>
    private sealed class Words
    {
        private readonly MemorySink<(Text Word, long Count)> _counts = new();
        private readonly MemorySink<(Text Word, int Number)> _rows = new();

        public void Define(StreamBuilder job)
        {
            Stream<(Text Word, int Number)> even = job.Source("words", new MemorySource<(Text Word, int Number)>(Input, splits: 3))
                .Watermarks(new WatermarkStrategy<(Text Word, int Number)> { OutOfOrderness = TimeSpan.FromSeconds(1) })
                .Rebalance().Map(row => (row.Word, row.Number * 2)).Filter(row => row.Item2 % 3 != 0);
            even.KeyBy(row => row.Word).Window(Tumbling.Of(TimeSpan.FromMilliseconds(50))).Named("count").Aggregate(w => w.Count())
                .Map(result => (result.Key, result.Value)).To("counts", _counts);
            even.Rebalance().To("rows", _rows);
        }

        public void AssertIsRight(ulong seed)
        {
            (string, int)[] rows = [.. Input.Select(row => (row.Word.ToString(), row.Number * 2)).Where(row => row.Item2 % 3 != 0)];
            Assert.Equal(rows.Order(), _rows.Rows.Select(row => (row.Word.ToString(), row.Number)).Order());
            IEnumerable<(string, long)> expected = rows.GroupBy(row => (row.Item1, row.Item2 / 100))
                .Select(group => (group.Key.Item1, group.LongCount()));
            Assert.True(
                expected.Order().SequenceEqual(_counts.Rows.Select(count => (count.Word.ToString(), count.Count)).Order()),
                $"the counts differ (seed {seed})");
        }
    }
}
