using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>Hands rows to a sink's writer.</summary>
internal sealed class SinkOperator<T> : Operator<T>, ISinkOperator
{
    private readonly SinkContext _sinkContext;
    private readonly ISinkWriter<T> _writer;

    public SinkOperator(TaskContext context, SinkNode<T> node)
        : base(context, node.Name)
    {
        TaskDeployment deployment = context.Deployment;
        _sinkContext = new SinkContext(
            deployment.Id,
            deployment.Attempt,
            deployment.Vertex.Parallelism,
            context.Time,
            context.Environment.Services,
            context.Environment.Loggers,
            context.Wake,
            exception => context.Fail(node.Name, exception),
            rows => context.Metrics.Acknowledge(rows, context.Time.GetTimestamp()));
        _writer = node.Sink.CreateWriter(_sinkContext);
        context.Connectors.Add(this);
    }

    string IConnectorOperator.Name => Name;

    public bool IsFull => _writer.IsFull;

    public bool IsFlushed => _writer.IsFlushed;

    public Task OpenAsync(CancellationToken cancellationToken) => _writer.OpenAsync(cancellationToken);

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

    private bool Blame(Batch<T> batch) => _sinkContext.Culprit is int row && row >= 0 && row < batch.Count
        ? Context.Blame(Name, batch, row)
        : Context.Blame(Name, Context.Rows.AtOneOf(batch));
}
