using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a keyed function over the rows of one stream and over broadcast rows.</summary>
internal sealed class KeyedBroadcastProcessOperator<TKey, TIn, TBroadcast, TOut> : KeyedFunctionOperator<TKey, TOut>
{
    private readonly KeyedBroadcastProcessFunction<TKey, TIn, TBroadcast, TOut> _function;
    private readonly OperatorStates _shared;

    public KeyedBroadcastProcessOperator(
        TaskContext context, KeyedBroadcastProcessNode<TKey, TIn, TBroadcast, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _shared = new OperatorStates(context, () => States.Names);
        States.Others = () => _shared.Names;
        _function = node.Function();
        _function.Open(States, _shared);
        States.Close();
        _shared.Close();
        Rows = new KeyedPort<TIn>(this, node.Key, (in TIn row) => _function.Process(row, Function));
        Broadcast = new UnkeyedPort<TBroadcast>(this, ProcessBroadcast);
    }

    /// <summary>Takes the rows of the keyed stream.</summary>
    public IInput<TIn> Rows { get; }

    /// <summary>Takes the broadcast rows.</summary>
    public IInput<TBroadcast> Broadcast { get; }

    public override void Capture(StateCapture capture)
    {
        base.Capture(capture);
        _shared.Capture(capture);
    }

    public override async Task RestoreAsync(StateReader state)
    {
        await base.RestoreAsync(state).ConfigureAwait(false);
        await _shared.RestoreAsync(state).ConfigureAwait(false);
    }

    protected override void OnTimer(EventTime time, TimeDomain domain) => _function.OnTimer(time, domain, Function);

    private void ProcessBroadcast(in TBroadcast row)
    {
        _shared.IsWritable = true;
        try
        {
            _function.ProcessBroadcast(row, Function);
        }
        finally
        {
            _shared.IsWritable = false;
        }
    }
}
