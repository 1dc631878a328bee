using System.Text.Json;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>Compares the output of the job with the produced events.</summary>
/// <param name="expected">The produced events.</param>
/// <param name="request">The names of topics and keys.</param>
internal sealed class OutputComparison(ProducedEvents expected, ChaosRequest request)
{
    /// <summary>The differences found so far.</summary>
    public Differences Differences { get; } = new();

    /// <summary>
    /// Compares the records of the topic, given in the order of each partition: every event must be there once, with its key and running count, and
    /// the events of a key in order.
    /// </summary>
    public void CompareTopic(IReadOnlyList<OutputRecord> records)
    {
        // For each event the first record found, for each key the last one.
        int[] firsts = new int[expected.Count];
        Array.Fill(firsts, -1);
        Dictionary<string, int> lasts = [];
        for (int i = 0; i < records.Count; i++)
        {
            if (records[i].Event is not { } found || found.Number < 0 || found.Number >= expected.Count)
            {
                Add(DifferenceKind.Wrong, $"{Describe(records[i])} was never produced");
                continue;
            }

            ref int first = ref firsts[found.Number];
            if (first >= 0)
            {
                Add(DifferenceKind.Duplicate, $"{Describe(records[i])} is also at {PlaceOf(records[first])}");
                continue;
            }

            first = i;
            CompareContent(records[i], found);
            if (lasts.TryGetValue(found.Key, out int last))
            {
                CompareOrder(records[last], records[i]);
            }

            lasts[found.Key] = i;
        }

        for (int number = 0; number < firsts.Length; number++)
        {
            if (firsts[number] < 0)
            {
                string key = ProducedEvents.NameOf(expected.KeyOf(number));
                Add(DifferenceKind.Missing, FormattableString.Invariant(
                    $"event {number} of key {key}, its number {expected.CountAt(number)}, is not in topic {request.Output}"));
            }
        }
    }

    /// <summary>Compares the keys in Redis and their JSON values.</summary>
    public void CompareRedis(IReadOnlyDictionary<string, string> values)
    {
        HashSet<string> known = [];
        foreach ((int key, (long count, long last)) in expected.Totals)
        {
            string name = ProducedEvents.NameOf(key);
            CompareValue(request.CountKey(name), [("key", name), ("number", last), ("count", count)]);
        }

        long size = (long)ChaosRequest.Window.TotalMilliseconds;
        foreach (((int key, long start), ProducedEvents.WindowTotal window) in expected.Windows)
        {
            string name = ProducedEvents.NameOf(key);
            CompareValue(
                request.WindowKey(name, start),
                [("key", name), ("start", start), ("end", start + size), ("count", window.Count), ("sum", window.Sum)]);
        }

        foreach ((string key, string value) in values.Where(value => !known.Contains(value.Key)))
        {
            Add(DifferenceKind.Wrong, $"{key} in Redis should not be there, and is {value}");
        }

        void CompareValue(string key, (string Name, object Value)[] members)
        {
            known.Add(key);
            string should = JsonSerializer.Serialize(members.ToDictionary(member => member.Name, member => member.Value));
            if (!values.TryGetValue(key, out string? value))
            {
                Add(DifferenceKind.Missing, $"{key} is not in Redis, and should be {should}");
            }
            else if (value != should)
            {
                Add(DifferenceKind.Wrong, $"{key} in Redis is {value}, and should be {should}");
            }
        }
    }

    private void CompareContent(OutputRecord record, CountedEvent found)
    {
        string key = ProducedEvents.NameOf(expected.KeyOf(found.Number));
        long count = expected.CountAt(found.Number);
        if (found.Key != key || found.Count != count)
        {
            Add(DifferenceKind.Wrong, FormattableString.Invariant($"{Describe(record)} should be number {count} of key {key}"));
        }
    }

    private void CompareOrder(OutputRecord before, OutputRecord record)
    {
        if (before.Partition != record.Partition || before.Event!.Value.Number > record.Event!.Value.Number)
        {
            Add(DifferenceKind.Wrong, $"{Describe(record)} comes after {Describe(before)}");
        }
    }

    private void Add(DifferenceKind kind, string what) => Differences.Add(kind, what);

    private string Describe(OutputRecord record) => record.Event is { } found
        ? FormattableString.Invariant($"event {found.Number}, number {found.Count} of key {found.Key}, at {PlaceOf(record)}")
        : $"the record at {PlaceOf(record)}";

    private string PlaceOf(OutputRecord record) => FormattableString.Invariant($"{request.Output}-{record.Partition} offset {record.Offset}");
}
