using QueryStream.Core.Codecs;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>A value of any type with its name in the file of vectors.</summary>
public abstract record Sample(string Name)
{
    public abstract Schema Schema { get; }

    public abstract byte[] Write();

    /// <summary>Decodes a value and encodes it again.</summary>
    public abstract byte[] ReadAndWrite(CodecReader reader);

    public static Sample Of<T>(string name, T value) => new Typed<T>(name, value);

    public override string ToString() => Name;

    private sealed record Typed<T>(string Name, T Value) : Sample(Name)
    {
        public override Schema Schema => Codec<T>.Instance.Schema;

        public override byte[] Write() => Write(Value);

        public override byte[] ReadAndWrite(CodecReader reader) => Write(Codec<T>.Instance.Read(reader));

        public override string ToString() => Name;

        private static byte[] Write(T value)
        {
            CodecWriter writer = new();
            Codec<T>.Instance.Write(writer, value);
            return writer.Written.ToArray();
        }
    }
}
