using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Metrics;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>
/// Counts records that may come several times, each once. In snapshots an item is (partition, newest offset, words of bits that are not all zero),
/// with the partition as its key.
/// </summary>
internal sealed class CountOnceOperator<T> : RowOperator<T>, IStatefulOperator
{
    private const string Seen = "seen";

    private readonly Func<T, RecordPosition> _position;
    private readonly Counter _counter;
    private readonly Dictionary<int, SeenOffsets> _seen = [];

    public CountOnceOperator(TaskContext context, CountOnceNode<T> node)
        : base(context, node, passesRows: false)
    {
        Id = node.Id;
        _position = node.Position;
        _counter = context.Metrics.CounterOf(node.Counter);
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    public override void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.Barrier)
        {
            Context.Capture(this);
        }
    }

    // The cost of the copy depends on the number of partitions, not of records.
    public void Capture(StateCapture capture) => capture.Keyed(
        Seen, _seen.Select(seen => (KeyType<int>.Instance.Hash(seen.Key), (seen.Key, seen.Value.Newest, seen.Value.Words()))).ToArray());

    public Task RestoreAsync(StateReader state) => state.KeyedAsync<(int Partition, long Newest, (int, ulong)[] Words)>(
        Seen, item => _seen[item.Partition] = new SeenOffsets(item.Newest, item.Words));

    protected override void Process(Batch<T> batch, ref int row)
    {
        long count = 0;
        ReadOnlySpan<T> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            row = i;
            count += OffsetsOf(_position(rows[i]), out long offset).Add(offset) ? 1 : 0;
        }

        row = rows.Length;
        _counter.Add(count);
        Counts.Absorbed += row;
    }

    private SeenOffsets OffsetsOf(RecordPosition at, out long offset)
    {
        offset = at.Offset;
        if (!_seen.TryGetValue(at.Partition, out SeenOffsets? offsets))
        {
            offsets = new SeenOffsets();
            _seen.Add(at.Partition, offsets);
        }

        return offsets;
    }
}
