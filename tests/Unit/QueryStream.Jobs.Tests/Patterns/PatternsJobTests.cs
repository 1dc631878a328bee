using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Jobs.Patterns;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Jobs.Tests.Patterns;

/// <summary>The patterns on the real runtime, with Kafka in memory, against results that a loop over all measurements computes.</summary>
public sealed class PatternsJobTests : IServiceProvider
{
    private const int Partitions = 3;
    private const int Minute = 60_000;

    private InMemoryKafka? _kafka;

    [Theory]
    [InlineData(Pattern.Stateless, 1)]
    [InlineData(Pattern.Stateless, 2)]
    [InlineData(Pattern.Keyed, 1)]
    [InlineData(Pattern.Keyed, 2)]
    [InlineData(Pattern.Tumbling, 1)]
    [InlineData(Pattern.Tumbling, 2)]
    [InlineData(Pattern.Sliding, 1)]
    [InlineData(Pattern.Sliding, 2)]
    public async Task A_pattern_gives_what_a_loop_over_all_measurements_gives(Pattern pattern, int parallelism)
    {
        (string Key, double Value, long At)[] input =
            [.. Enumerable.Range(0, 600).Select(i => ($"khóa-{i * i % 7}", i * 37 % 100 / 4.0, 1_765_000_000_000L + (i * 1_009L)))];
        using JobHarness job = Start(pattern, parallelism, input);
        await Wait.UntilAsync("the end of the job", () => Run(job));

        Assert.Equal(
            Expected(pattern, input).Order(StringComparer.Ordinal),
            (await KafkaOutput.ReadAsync(_kafka!, "results", Partitions)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_topic_that_is_read_is_not_written()
    {
        JobSettings settings = new(new Dictionary<string, string> { ["output"] = "measurements" });
        Assert.Equal(
            "Setting 'output': 'measurements' is not allowed. Allowed: any topic but the one that is read.",
            Assert.Throws<SettingException>(() => StreamBuilder.Build(new PatternsJob(), settings)).Message);
    }

    public object? GetService(Type serviceType) => serviceType == typeof(IKafkaClients) ? _kafka : null;

    // Averages of quarters are exact, whatever the order of their sum.
    private static IEnumerable<string> Expected(Pattern pattern, (string Key, double Value, long At)[] input)
    {
        Dictionary<string, int> counts = [];
        foreach ((string key, double value, long at) in input)
        {
            counts[key] = counts.GetValueOrDefault(key) + 1;
            if (pattern == Pattern.Stateless && value >= 10)
            {
                yield return Text($$"""{"key":"{{key}}","value":{{value}},"produced_at":{{at}}}""");
            }
            else if (pattern == Pattern.Keyed)
            {
                yield return Text($$"""{"key":"{{key}}","count":{{counts[key]}},"produced_at":{{at}}}""");
            }
        }

        long first = input.Min(measurement => measurement.At) / Minute;
        long last = input.Max(measurement => measurement.At) / Minute;
        int minutes = pattern == Pattern.Tumbling ? 1 : 5;
        for (long start = first - minutes + 1; start <= last && pattern is Pattern.Tumbling or Pattern.Sliding; start++)
        {
            long from = start * Minute;
            long to = from + (minutes * Minute);
            foreach (var rows in input.Where(measurement => measurement.At >= from && measurement.At < to).GroupBy(measurement => measurement.Key))
            {
                string value = pattern == Pattern.Tumbling ? Text($"\"count\":{rows.Count()}") : Text($"\"avg\":{rows.Average(row => row.Value)}");
                yield return Text(
                    $$"""{"key":"{{rows.Key}}","window_start":{{from}},"window_end":{{to}},{{value}},"produced_at":{{rows.Max(row => row.At)}}}""");
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static bool Run(JobHarness job)
    {
        job.Run();
        return job.IsFinished;
    }

    private JobHarness Start(Pattern pattern, int parallelism, (string Key, double Value, long At)[] input)
    {
        JobSettings settings = new(new Dictionary<string, string> { ["bounded"] = "true", ["pattern"] = pattern.ToString() });
        return new JobHarness(new PatternsJob().Define, parallelism, seed: 1, settings, time =>
        {
            _kafka = new InMemoryKafka(time, NullLoggerFactory.Instance);
            _kafka.CreateTopic("measurements", Partitions);
            _kafka.CreateTopic("results", Partitions);
            for (int i = 0; i < input.Length; i++)
            {
                (string key, double value, long at) = input[i];
                string json = Text($$"""{"event_id":"e{{i}}","key":"{{key}}","value":{{value}},"category":"c","produced_at":{{at}}}""");
                Assert.True(_kafka.TryAppend("measurements", key[^1] % Partitions, [], Encoding.UTF8.GetBytes(json), new EventTime(at)));
            }

            return this;
        });
    }
}
