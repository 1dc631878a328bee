using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>Hands rows to a sink's writer, which is flushed at each barrier.</summary>
internal class SinkOperator<T> : Operator<T>, ISinkOperator
{
    private readonly SinkContext _sink;
    private readonly ISinkWriter<T> _writer;

    protected SinkOperator(TaskContext context, string name, SinkContext sink, ISinkWriter<T> writer)
        : base(context, name)
    {
        _sink = sink;
        _writer = writer;
        context.Connectors.Add(this);
    }

    string IConnectorOperator.Name => Name;

    public bool IsFull => _writer.IsFull;

    public virtual bool IsFlushed => _writer.IsFlushed;

    public virtual bool IsPrepared => _writer.IsFlushed;

    public virtual bool HasPending => false;

    public virtual bool HasRestored => false;

    /// <summary>Makes the operator that the sink's writer needs.</summary>
    public static SinkOperator<T> Create(TaskContext context, SinkNode<T> node)
    {
        TaskDeployment deployment = context.Deployment;
        SinkContext sink = new(
            deployment.Id,
            deployment.Attempt,
            deployment.Vertex.Parallelism,
            new ConnectorHost(context, node.Name),
            rows => context.Metrics.Acknowledge(rows, context.Time.GetTimestamp()));
        ISinkWriter<T> writer = node.Sink.CreateWriter(sink);
        return writer is ITwoPhaseSinkWriter<T> twoPhase
            ? new TwoPhaseSinkOperator<T>(context, node, sink, twoPhase)
            : new SinkOperator<T>(context, node.Name, sink, writer);
    }

    public async Task<Action> OpenAsync(CancellationToken cancellationToken)
    {
        await _writer.OpenAsync(cancellationToken).ConfigureAwait(false);
        return static () => { };
    }

    public ValueTask CloseAsync() => _writer.DisposeAsync();

    public void Flush()
    {
        try
        {
            _writer.Flush();
        }
        catch (Exception) when (Context.Blame(Name))
        {
            // Blame never catches: it only notes the name.
            throw;
        }
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

    protected override void Process(Batch<T> batch)
    {
        try
        {
            _writer.Write(batch);
        }
        catch (Exception) when (Blame(batch))
        {
            // Blame never catches.
            throw;
        }
    }

    private bool Blame(Batch<T> batch) => _sink.Culprit is int row && row >= 0 && row < batch.Count
        ? Context.Blame(Name, batch, row)
        : Context.Blame(Name, Context.Rows.AtOneOf(batch));
}
