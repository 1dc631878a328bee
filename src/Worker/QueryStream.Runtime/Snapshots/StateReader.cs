using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// The state that one operator of one subtask takes over: its part of what all subtasks had written, however many they were. Items are
/// converted where their type has other members now. Used before the task's first turn with rows.
/// </summary>
/// <param name="snapshot">What all subtasks had.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
/// <param name="subtask">Who asks.</param>
/// <param name="parallelism">How many there are now.</param>
internal sealed class StateReader(OperatorSnapshot snapshot, int keyGroups, int subtask, int parallelism)
{
    private readonly RoutingTable _routing = RoutingTable.Spread(version: 0, keyGroups, parallelism);

    /// <summary>The states that there are.</summary>
    public IEnumerable<StateSnapshot> States => snapshot.States;

    /// <summary>The items of the subtask's key groups.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> Keyed<T>(string name) =>
        Items<T>(name, StateKind.Keyed, (chunk, _) => _routing.SubtaskOf(new KeyGroup(chunk.KeyGroup)) == subtask);

    /// <summary>The subtask's share of the items; every item goes to one subtask.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> List<T>(string name) => Items<T>(name, StateKind.List, (_, index) => index % parallelism == subtask);

    /// <summary>All items of a list state: every subtask sees every item.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> Union<T>(string name) => Items<T>(name, StateKind.List, static (_, _) => true);

    /// <summary>The items of a broadcast state.</summary>
    /// <exception cref="StateRestoreException">The state is of another kind or type; names operator, state and member.</exception>
    public IEnumerable<T> Broadcast<T>(string name) => Items<T>(name, StateKind.Broadcast, static (_, _) => true);

    private IEnumerable<T> Items<T>(string name, StateKind kind, Func<StateChunk, int, bool> isMine)
    {
        if (snapshot.States.FirstOrDefault(state => state.Name == name) is not { } state)
        {
            yield break;
        }

        if (state.Kind != kind)
        {
            throw new StateRestoreException($"State '{name}' of operator '{snapshot.Name}' is {state.Kind} state in the snapshot, and {kind} state in the job.");
        }

        Decoder<T> decoder = DecoderOf<T>(state);
        for (int index = 0; index < state.Chunks.Count; index++)
        {
            StateChunk chunk = state.Chunks[index];
            if (!isMine(chunk, index))
            {
                continue;
            }

            CodecReader reader = new(chunk.Bytes);
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
