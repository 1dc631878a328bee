using System.Collections.Immutable;
using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Matches the members of two versions of a record by name, so that a value of one version can be read as the other. Used by the codecs of records
/// and tuples. Immutable.
/// </summary>
public sealed class RecordEvolution
{
    private readonly Schema _written;
    private readonly Schema _wanted;

    /// <summary>Matches the members of two versions.</summary>
    /// <param name="type">The type that is read.</param>
    /// <param name="written">The layout of the bytes.</param>
    /// <param name="wanted">The layout of the type now, which is a record.</param>
    /// <exception cref="SchemaMismatchException">The bytes are not a record, or a removed member is opaque, so its bytes cannot be
    /// skipped.</exception>
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

    /// <summary>The decoder of a member; null if it was not written.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <param name="member">Its index in the record now.</param>
    /// <exception cref="SchemaMismatchException">The member had another type; the message names it.</exception>
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

/// <summary>A member in the bytes of another version of a record.</summary>
/// <param name="Member">The index of the member now; -1 if it was removed.</param>
/// <param name="Written">Its layout.</param>
public readonly record struct RecordStep(int Member, Schema Written)
{
    /// <summary>Skips the bytes of a removed member.</summary>
    /// <exception cref="CodecException">The bytes do not have this layout.</exception>
    public void Skip(CodecReader reader) => Written.Skip(reader);
}

/// <summary>Run-time checks for generated code.</summary>
public static class RecordGuard
{
    /// <summary>Throws for a value of a derived class, whose additional members would be lost.</summary>
    /// <param name="value">The value, not null.</param>
    /// <param name="type">The class to write.</param>
    /// <exception cref="JobDefinitionException">The value is of a derived class.</exception>
    public static void RequireExact(object value, Type type)
    {
        if (value.GetType() != type)
        {
            throw new JobDefinitionException(
                $"A {value.GetType()} cannot be written as the {type} that it is derived from, since its further members would be lost: "
                + $"seal {type.Name}, or use one [StreamRecord] type with nullable members.");
        }
    }
}
