using System.Globalization;
using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.TestKit;

namespace QueryStream.Simulation.Graphs;

/// <summary>The rows of a topic, by partition in the order of their offsets.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">The rows of each partition.</param>
internal sealed record Input(string Topic, IReadOnlyList<IReadOnlyList<Event>> Partitions)
{
    public int Count => Partitions.Sum(partition => partition.Count);

    public IReadOnlyList<Event> Rows => [.. Partitions.SelectMany(partition => partition)];
}

/// <summary>Draws input: skewed keys, equal times, gaps, empty partitions, rows out of order within a bound, and late rows.</summary>
internal sealed class InputMaker(SeededRandom random, int outOfOrderness, bool hasLateRows)
{
    private const int MaxPartitions = 4;
    private const int MaxLateness = 20_000;

    // A day before the clock's start, so that the clock never makes a row late.
    private static readonly long Start = ManualTime.DefaultStart.AddDays(-1).ToUnixTimeMilliseconds();

    public Input Make(string topic, int events, long firstId)
    {
        int partitions = 1 + random.Next(MaxPartitions);
        List<(long Arrival, Event Row)>[] rows = [.. Enumerable.Range(0, partitions).Select(_ => new List<(long, Event)>())];
        long[] times = [.. Enumerable.Repeat(Start, partitions)];
        for (int i = 0; i < events; i++)
        {
            int partition = random.Next(partitions);
            times[partition] += random.Next(30) == 0 ? random.Next(4_000) : random.Next(3) * random.Next(40);
            long arrival = times[partition] + random.Next(outOfOrderness + 1);
            long time = hasLateRows && random.Next(25) == 0 ? times[partition] - random.Next(MaxLateness) : times[partition];
            rows[partition].Add((arrival, new Event(firstId + i, Key(), time)));
        }

        return new Input(topic, [.. rows.Select(partition => partition.OrderBy(row => row.Arrival).Select(row => row.Row).ToArray())]);
    }

    private int Key() => random.Next(10) switch
    {
        < 4 => 0,
        < 9 => random.Next(20),
        _ => random.Next(1_000),
    };
}

/// <summary>Writes an input to its topic, little by little.</summary>
internal sealed class InputFeed(InMemoryKafka kafka, Input input)
{
    private readonly int[] _written = new int[input.Partitions.Count];

    public bool IsOver => Enumerable.Range(0, _written.Length).All(partition => _written[partition] == input.Partitions[partition].Count);

    /// <summary>The offset behind the last record of each partition.</summary>
    public IReadOnlyList<int> Written => _written;

    public Input Input => input;

    /// <summary>Writes up to a number of rows to each partition.</summary>
    public void Write(int rows)
    {
        for (int partition = 0; partition < _written.Length; partition++)
        {
            IReadOnlyList<Event> all = input.Partitions[partition];
            for (int i = 0; i < rows && _written[partition] < all.Count; i++)
            {
                Event row = all[_written[partition]++];
                string json = string.Create(CultureInfo.InvariantCulture, $"{{\"Id\":{row.Id},\"Key\":{row.Key},\"Time\":{row.Time}}}");
                if (!kafka.TryAppend(input.Topic, partition, [], Encoding.UTF8.GetBytes(json), new EventTime(row.Time)))
                {
                    throw new InvalidOperationException($"Topic {input.Topic} is full.");
                }
            }
        }
    }
}
