using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// The state of one operator at one moment. Filled by <see cref="IStatefulOperator.Capture"/> and released in turns of the task; written outside of
/// them.
/// </summary>
/// <param name="id">The operator.</param>
/// <param name="name">The operator's name.</param>
internal sealed class StateCapture(OperatorId id, string name)
{
    private readonly List<Part> _parts = [];
    private readonly List<(CaptureVersions Versions, long Version)> _held = [];

    /// <summary>The stores whose pages it holds.</summary>
    public IEnumerable<CaptureVersions> Versions => _held.Select(held => held.Versions);

    /// <summary>Keeps the pages of a store as they are now until the capture is released. Called before the store's state is added.</summary>
    public void Hold(CaptureVersions versions) => _held.Add((versions, versions.Begin()));

    /// <summary>Adds keyed state.</summary>
    /// <param name="state">The state's name, unique in the operator.</param>
    /// <param name="items">The items, each with the hash of its key; see <see cref="IStatefulOperator.Capture"/>.</param>
    public void Keyed<T>(string state, IEnumerable<(ulong Hash, T Item)> items) => _parts.Add(new KeyedPart<T>(state, items));

    /// <summary>Adds state that is distributed over all subtasks when it is restored.</summary>
    /// <param name="state">The state's name, unique in the operator.</param>
    /// <param name="items">The items; see <see cref="IStatefulOperator.Capture"/>.</param>
    public void List<T>(string state, IEnumerable<T> items) => _parts.Add(new ListPart<T>(state, StateKind.List, items));

    /// <summary>Adds state that is the same in all subtasks.</summary>
    /// <param name="state">The state's name, unique in the operator.</param>
    /// <param name="items">The items; see <see cref="IStatefulOperator.Capture"/>.</param>
    public void Broadcast<T>(string state, IEnumerable<T> items) => _parts.Add(new ListPart<T>(state, StateKind.Broadcast, items));

    /// <summary>Writes the state. Can be repeated after a failure. Called on any thread, before the capture is released.</summary>
    public async Task<OperatorSnapshot> WriteAsync(ChunkWriter writer, CancellationToken cancellationToken)
    {
        List<StateSnapshot> states = [];
        foreach (Part part in _parts)
        {
            states.Add(await part.WriteAsync(writer, cancellationToken).ConfigureAwait(false));
        }

        return new OperatorSnapshot(id, name, states);
    }

    /// <summary>Ends the capture, so that pages are changed in place again. Called in a turn of the task, after it was written or aborted.</summary>
    public void Release()
    {
        foreach ((CaptureVersions versions, long version) in _held)
        {
            versions.End(version);
        }

        _parts.Clear();
    }

    private abstract class Part(string state, StateKind kind)
    {
        protected abstract Schema Schema { get; }

        public async Task<StateSnapshot> WriteAsync(ChunkWriter writer, CancellationToken cancellationToken) =>
            new(state, kind, Schema, await writer.WriteAsync(Encoder(), cancellationToken).ConfigureAwait(false));

        protected abstract ItemEncoder Encoder();
    }

    private sealed class KeyedPart<T>(string state, IEnumerable<(ulong Hash, T Item)> items) : Part(state, StateKind.Keyed)
    {
        protected override Schema Schema => Codec<T>.Instance.Schema;

        protected override ItemEncoder Encoder() => new KeyedEncoder<T>(items);
    }

    private sealed class ListPart<T>(string state, StateKind kind, IEnumerable<T> items) : Part(state, kind)
    {
        protected override Schema Schema => Codec<T>.Instance.Schema;

        protected override ItemEncoder Encoder() => new ListEncoder<T>(items);
    }
}
