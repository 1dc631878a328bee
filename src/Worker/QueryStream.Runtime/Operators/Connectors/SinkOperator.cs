using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>Passes rows to the writer of a sink, which is flushed at each barrier.</summary>
internal class SinkOperator<T> : Operator<T>, ISinkOperator
{
    private readonly SinkContext _sink;
    private readonly ISinkWriter<T> _writer;

    // The batch that is being written; null between batches.
    private Batch<T>? _batch;

    protected SinkOperator(TaskContext context, SinkNode<T> node, SinkContext sink, ISinkWriter<T> writer)
        : base(context, node, passesRows: false)
    {
        _sink = sink;
        _writer = writer;
        context.Connectors.Add(this);
    }

    public bool IsFull => _writer.IsFull;

    public virtual bool IsFlushed => _writer.IsFlushed;

    public virtual bool IsPrepared => _writer.IsFlushed;

    public virtual bool HasPending => false;

    public virtual bool HasRestored => false;

    /// <summary>Creates the operator that the sink's writer needs.</summary>
    public static SinkOperator<T> Create(TaskContext context, SinkNode<T> node)
    {
        TaskDeployment deployment = context.Deployment;
        SinkContext sink = new(
            deployment.Id,
            deployment.Attempt,
            deployment.Vertex.Parallelism,
            new ConnectorHost(context, node.Name),
            rows => context.Metrics.Acknowledge(rows, context.Time.GetTimestamp()))
        {
            Region = deployment.Region ?? deployment.Attempt,
        };
        ISinkWriter<T> writer = node.Sink.CreateWriter(sink);
        return writer is ITwoPhaseSinkWriter<T> twoPhase
            ? new TwoPhaseSinkOperator<T>(context, node, sink, twoPhase)
            : new SinkOperator<T>(context, node, sink, writer);
    }

    public async Task<Action> OpenAsync(CancellationToken cancellationToken)
    {
        await _writer.OpenAsync(cancellationToken).ConfigureAwait(false);
        return static () => { };
    }

    public ValueTask CloseAsync() => _writer.DisposeAsync();

    public void Flush()
    {
        IAttributable? caller = Context.Attribution.Enter(this);
        _writer.Flush();
        Context.Attribution.Leave(caller);
    }

    public virtual void PrepareToEnd()
    {
    }

    public virtual void CompleteCheckpoint(CheckpointId? checkpoint)
    {
    }

    public virtual void AbortCheckpoint(CheckpointId checkpoint)
    {
    }

    public override void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.End)
        {
            Flush();
        }
    }

    public override string? DescribePosition() => _batch is not { } batch ? null
        : (uint)_sink.Row < (uint)batch.Count ? Context.Rows.At(batch, _sink.Row, key: null)
        : Context.Rows.AtOneOf(batch);

    // Once for each batch, since a clock is read. Rows of a source without event times have none.
    private void RecordLatency(Batch<T> batch)
    {
        if (batch.Count > 0 && batch.Times[0] > EventTime.MinValue)
        {
            double now = EventTime.From(Context.Time.GetUtcNow()).Milliseconds;
            Context.Metrics.SinkLatency.Add(now - batch.Times[0].Milliseconds, batch.Count);
        }
    }

    protected override void Process(Batch<T> batch)
    {
        _batch = batch;
        _sink.Row = -1;
        _writer.Write(batch);
        RecordLatency(batch);
        Counts.Absorbed += batch.Count;
        _batch = null;
    }
}
