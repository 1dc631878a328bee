using QueryStream.Generators.Model;

namespace QueryStream.Generators.Emit;

/// <summary>Emits the key type of a record: its hash is that of a tuple of its members.</summary>
internal static class KeyEmitter
{
    private const string Keys = RecordEmitter.Core + "Keys.";
    private const string Arena = RecordEmitter.Core + "Texts.TextArena";
    private const string HeaderBytes = "16";

    public static void Emit(CodeBuilder code, RecordModel record)
    {
        code.Line(RecordEmitter.GeneratedCode).Line(RecordEmitter.Header(record, "Key", Keys + "KeyType")).Line("{");
        code.Lines(record.Members.Select((member, i) =>
            $"private static readonly {Keys}KeyType<{member.Type}> K{i} = {Keys}KeyType<{member.Type}>.Instance;")).Line();
        EmitHash(code, record);
        EmitEquality(code, record);
        if (record.Members.Any(member => member.HoldsText))
        {
            EmitKeep(code, record);
        }

        EmitPayload(code, record);
        code.Line("}");
    }

    private static void EmitHash(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override ulong Hash(in {record.Type} key)").Line("{");
        if (record.IsReference)
        {
            code.Line("if (key is null)").Line("{").Line($"return {Keys}StableHash.OfNull;").Line("}").Line();
        }

        code.Line($"ulong hash = {(record.Members.Count == 0 ? $"{Keys}StableHash.OfInt64(0)" : $"K0.Hash(key.@{record.Members[0].Name})")};");
        code.Lines(record.Members.Select((member, i) => $"hash = {Keys}StableHash.Combine(hash, K{i}.Hash(key.@{member.Name}));").Skip(1));
        code.Line("return hash;").Line("}").Line();
    }

    private static void EmitEquality(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override bool AreEqual(in {record.Type} a, in {record.Type} b)").Line("{");
        if (record.IsReference)
        {
            code.Line("if (a is null || b is null)").Line("{").Line("return a is null && b is null;").Line("}").Line();
        }

        code.Line("return true");
        code.Lines(record.Members.Select((member, i) => $"    && K{i}.AreEqual(a.@{member.Name}, b.@{member.Name})"));
        code.Line("    ;").Line("}").Line();
    }

    private static void EmitKeep(CodeBuilder code, RecordModel record)
    {
        code.Line($"public override {record.Type} Keep(in {record.Type} key, {Arena} arena)").Line("{");
        if (record.IsReference)
        {
            code.Line("if (key is null)").Line("{").Line("return null;").Line("}").Line();
        }

        string Kept(int i) => record.Members[i].HoldsText ? $"K{i}.Keep(key.@{record.Members[i].Name}, arena)" : $"key.@{record.Members[i].Name}";
        code.Line($"return {record.Construct(Kept)};").Line("}").Line();
    }

    private static void EmitPayload(CodeBuilder code, RecordModel record)
    {
        string sizes = string.Concat(record.Members.Select(member => $" + global::System.Runtime.CompilerServices.Unsafe.SizeOf<{member.Type}>()"));
        string own = record.IsReference ? HeaderBytes + sizes : "0";
        string payload = string.Concat(record.Members.Select((member, i) => $" + K{i}.PayloadBytes(key.@{member.Name})"));
        string isNull = record.IsReference ? "key is null ? 0 : " : "";
        code.Line($"public override int PayloadBytes(in {record.Type} key) => {isNull}{own}{payload};");
    }
}
