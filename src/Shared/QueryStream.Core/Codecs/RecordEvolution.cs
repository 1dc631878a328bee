using System.Collections.Immutable;

namespace QueryStream.Core.Codecs;

/// <summary>
/// How bytes of one version of a record become another one: members are matched by name, and come in the order in which they were
/// written. Used by generated codecs and by those of tuples. Immutable.
/// </summary>
public sealed class RecordEvolution
{
    private readonly Schema _written;
    private readonly Schema _wanted;

    /// <summary>Matches the members of two versions.</summary>
    /// <param name="type">The type that is read.</param>
    /// <param name="written">The layout of the bytes.</param>
    /// <param name="wanted">The layout of the type as it is now, which is a record.</param>
    /// <exception cref="SchemaMismatchException">Something else than a record was written, or a member is gone whose bytes nobody can skip.</exception>
    public RecordEvolution(Type type, Schema written, Schema wanted)
    {
        if (written.Kind != SchemaKind.Record)
        {
            throw new SchemaMismatchException(type, written, wanted);
        }

        _written = written;
        _wanted = wanted;
        Steps = [.. written.Members.Select(Step)];
    }

    /// <summary>The members in the order of their bytes.</summary>
    public ImmutableArray<RecordStep> Steps { get; }

    /// <summary>What reads a member; null for one that was not written.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <param name="member">Its index in the record as it is now.</param>
    /// <exception cref="SchemaMismatchException">It was of another type; names it.</exception>
    public Decoder<T>? DecoderOf<T>(int member)
    {
        string name = _wanted.Members[member].Name;
        SchemaMember? written = _written.Members.FirstOrDefault(candidate => candidate.Name == name);
        try
        {
            return written is null ? null : Codec<T>.Instance.DecoderOf(written.Schema);
        }
        catch (SchemaMismatchException e)
        {
            throw e.InMember(_wanted.Name, name);
        }
    }

    private RecordStep Step(SchemaMember written)
    {
        for (int i = 0; i < _wanted.Members.Length; i++)
        {
            if (_wanted.Members[i].Name == written.Name)
            {
                return new RecordStep(i, written.Schema);
            }
        }

        return written.Schema.CanBeSkipped
            ? new RecordStep(-1, written.Schema)
            : throw new SchemaMismatchException($"was stored as {written.Schema}, and is gone now, but cannot be left out: keep the member")
                .InMember(_wanted.Name, written.Name);
    }
}
