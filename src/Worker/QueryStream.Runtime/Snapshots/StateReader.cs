using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// The state that one operator of one subtask takes over: its part of what all subtasks had written, however many they were. Keyed chunks of other
/// subtasks are never read. Items are converted where their type has other members now. Used by one thread at a time.
/// </summary>
/// <param name="snapshot">The state of all subtasks.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
/// <param name="subtask">The subtask that is restored.</param>
/// <param name="parallelism">How many there are now.</param>
internal sealed class StateReader(OperatorSnapshot snapshot, int keyGroups, int subtask, int parallelism)
{
    private readonly RoutingTable _routing = RoutingTable.Spread(version: 0, keyGroups, parallelism);
    private readonly Dictionary<StateChunk, byte[]> _loaded = new(ReferenceEqualityComparer.Instance);

    /// <summary>How far event time had come for the task of the operator's vertex that was furthest behind.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>Reads the chunks that the subtask needs. Once, before anything else.</summary>
    /// <exception cref="StateRestoreException">A chunk is missing or damaged; names it.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (StateSnapshot state in snapshot.States)
        {
            foreach (StateChunk chunk in state.Chunks)
            {
                if (state.Kind != StateKind.Keyed || IsMine(chunk))
                {
                    _loaded[chunk] = await chunk.Content.ReadAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>The items of the subtask's key groups.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> Keyed<T>(string name) => Items<T>(name, StateKind.Keyed);

    /// <summary>The subtask's share of the items; every item goes to one subtask.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> List<T>(string name) => Items<T>(name, StateKind.List).Where((_, index) => index % parallelism == subtask);

    /// <summary>All items of a list state: every subtask sees every item.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> Union<T>(string name) => Items<T>(name, StateKind.List);

    /// <summary>The items of a broadcast state.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> Broadcast<T>(string name) => Items<T>(name, StateKind.Broadcast);

    private bool IsMine(StateChunk chunk) => _routing.SubtaskOf(new KeyGroup(chunk.KeyGroup)) == subtask;

    private IEnumerable<T> Items<T>(string name, StateKind kind)
    {
        if (snapshot.States.FirstOrDefault(state => state.Name == name) is not { } state)
        {
            yield break;
        }

        if (state.Kind != kind)
        {
            throw new StateRestoreException(
                $"State '{name}' of operator '{snapshot.Name}' is {state.Kind} state in the snapshot, and {kind} state in the job.");
        }

        Decoder<T> decoder = DecoderOf<T>(state);
        foreach (StateChunk chunk in state.Chunks)
        {
            if (!_loaded.TryGetValue(chunk, out byte[]? bytes))
            {
                continue;
            }

            CodecReader reader = new(bytes);
            for (int item = 0; item < chunk.Count; item++)
            {
                yield return Read(decoder, reader, name);
            }
        }
    }

    private Decoder<T> DecoderOf<T>(StateSnapshot state)
    {
        try
        {
            return Codec<T>.Instance.DecoderOf(state.Schema);
        }
        catch (SchemaMismatchException e)
        {
            throw new StateRestoreException($"State '{state.Name}' of operator '{snapshot.Name}' cannot be restored: {e.Message}.", e);
        }
    }

    private T Read<T>(Decoder<T> decoder, CodecReader reader, string state)
    {
        try
        {
            return decoder.Read(reader);
        }
        catch (CodecException e)
        {
            throw new StateRestoreException($"State '{state}' of operator '{snapshot.Name}' cannot be read: {e.Message}", e);
        }
    }
}
