using System.Globalization;
using Microsoft.CodeAnalysis;

namespace QueryStream.Generators.Tests.Driver;

/// <summary>Unsupported code is a compile-time error at its location, with the reason.</summary>
public sealed class DiagnosticTests
{
    private const string Usings = """
        using System; using System.Collections; using System.Collections.Generic; using QueryStream.Streams; using QueryStream.Core.Texts;
        public interface IThing; public abstract class Abstract { } public class Plain { } public delegate void Callback();
        public class MyList : List<int> { }

        """;

    [Theory]
    [InlineData("IThing", "an interface does not say what there is to store")]
    [InlineData("Abstract", "an abstract class does not say what there is to store")]
    [InlineData("Plain", "mark 'Plain' [StreamRecord]")]
    [InlineData("Version", "it has no codec, keep what is needed of it")]
    [InlineData("Callback", "a delegate is code")]
    [InlineData("Func<int>", "a delegate is code")]
    [InlineData("object", "a value of any type has no layout")]
    [InlineData("dynamic", "a value of any type has no layout")]
    [InlineData("int[,]", "arrays of several dimensions are not supported")]
    [InlineData("IEnumerable<int>", "this kind of collection is not supported, use an array, List")]
    [InlineData("IList<int>", "this kind of collection is not supported")]
    [InlineData("LinkedList<int>", "this kind of collection is not supported")]
    [InlineData("MyList", "this kind of collection is not supported")]
    [InlineData("SortedDictionary<int, int>", "this kind of collection is not supported")]
    [InlineData("IDictionary<int, int>", "this kind of collection is not supported")]
    [InlineData("List<Dictionary<int, Plain?>>", "mark 'Plain' [StreamRecord]")]
    [InlineData("(int, Plain)?", "mark 'Plain' [StreamRecord]")]
    [InlineData("(int, int, int, int, int, int, int, int)", "a tuple of more than seven items")]
    [InlineData("System.Threading.Tasks.Task<int>", "it has no codec")]
    public void A_member_of_an_unsupported_type_is_an_error_at_the_member(string type, string reason)
    {
        string message = Error(
            "QS1001",
            $"[StreamRecord] public sealed class Order {{ public int Id {{ get; set; }} public {type} [|Thing|] {{ get; set; }} = default!; }}");
        Assert.StartsWith("'Thing' of the record 'Order' is of type '", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_place_of_a_positional_member_is_its_parameter() =>
        Error("QS1001", "[StreamRecord] public sealed record Order(int Id, IThing [|Thing|]);");

    [Fact]
    public void A_pointer_is_an_error() =>
        Assert.Contains(
            "a pointer means nothing", Error("QS1001", "[StreamRecord] public unsafe struct Order { public int* [|Thing|]; }"),
            StringComparison.Ordinal);

    [Fact]
    public void A_type_that_generated_code_cannot_see_is_an_error_at_the_member() =>
        Assert.Contains(
            "generated code cannot see it",
            Error(
                "QS1001",
                "public static class Outer { private enum Kind { A } [StreamRecord] internal sealed class Order { private Kind K; "
                + "internal Kind Other => K; public int Id { get; set; } } } "
                + "public class Base { protected enum Kind { A } } public class Derived : "
                + "Base { [StreamRecord] protected internal sealed class Order { public Dictionary<int, Kind> [|Kinds|] { get; set; } = []; "
                + "} }", onlyGenerator: true),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("public static class Outer { [StreamRecord] private sealed record [|Order|](int Id); }", "'Order' is private")]
    [InlineData("public class Outer { private class Middle { [StreamRecord] public sealed record [|Order|](int Id); } }", "'Middle' is private")]
    [InlineData("public class Outer { [StreamRecord] protected sealed record [|Order|](int Id); }", "'Order' is protected")]
    [InlineData("[StreamRecord] file sealed record [|Order|](int Id);", "'Order' is visible in its file only")]
    public void A_record_that_generated_code_cannot_see_is_an_error_at_its_name(string source, string reason) =>
        Assert.Contains(reason, Error("QS1002", source), StringComparison.Ordinal);

    [Theory]
    [InlineData("[StreamRecord] public abstract record [|Order|](int Id);", "mark the classes that are derived from it")]
    [InlineData("[StreamRecord] public static class [|Order|] { }", "a static class has no values")]
    [InlineData("[StreamRecord] public ref struct [|Order|] { public int Id; }", "a ref struct lives on the stack only")]
    public void A_type_that_cannot_be_a_record_is_an_error_at_its_name(string source, string reason) =>
        Assert.Contains(reason, Error("QS1003", source), StringComparison.Ordinal);

    [Theory]
    [InlineData("[StreamRecord] public sealed class [|Order|] { private Order() { } public int Id { get; set; } }")]
    [InlineData("[StreamRecord] public sealed class [|Order|] { public Order(int number) => Id = number; public int Id { get; set; } }")]
    [InlineData("[StreamRecord] public sealed class [|Order|] { public Order(string id) => Id = id.Length; public int Id { get; set; } }")]
    [InlineData("[StreamRecord] public sealed class [|Order|] { public Order(out int id) => id = 1; public int Id { get; set; } }")]
    public void A_record_without_a_constructor_is_an_error_at_its_name(string source) => Error("QS1004", source);

    [Theory]
    [InlineData("[StreamRecord] public sealed record Node(int Id, Node? [|Next|]);")]
    [InlineData("[StreamRecord] public sealed record Node(int Id, List<Node> [|Children|]);")]
    [InlineData(
        "[StreamRecord] public sealed record Node(int Id, Dictionary<string, (int, Leaf<Node>[])> [|Children|]); "
        + "[StreamRecord] public sealed record Leaf<T>(T Value);")]
    public void A_record_that_contains_itself_is_an_error_at_the_member(string source) =>
        Assert.Contains("leads back to 'Node' itself", Error("QS1005", source), StringComparison.Ordinal);

    [Fact]
    public void Records_that_contain_each_other_are_errors_at_both_members()
    {
        Compiled compiled = Compiled.From(
            Usings + "[StreamRecord] public sealed record A(B? B); [StreamRecord] public sealed record B(List<A> As); "
                + "[StreamRecord] public sealed record C(A A);");
        Assert.Equal(["QS1005", "QS1005"], compiled.Reported.Select(diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData("[StreamRecord] public sealed record Order(int Id, int [|id|]);", "\"id\"")]
    [InlineData("[StreamRecord] public sealed record Order([JsonName(\"x\")] int Id, [property: JsonName(\"x\")] int [|Other|]);", "\"x\"")]
    [InlineData("[StreamRecord] public sealed record Order(int Id, [JsonName(\"id\")] int [|Other|]);", "'Id' and 'Other'")]
    public void Two_members_with_one_JSON_name_are_an_error_at_the_second(string source, string part) =>
        Assert.Contains(part, Error("QS1006", source), StringComparison.Ordinal);

    [Theory]
    [InlineData("[StreamRecord] public sealed class Order { public int [|Id|] { get; } }")]
    [InlineData("[StreamRecord] public sealed class Order { public int [|Id|] { get; private set; } }")]
    [InlineData("[StreamRecord] public struct Order { public readonly int [|Id|]; }")]
    [InlineData("[StreamRecord] public sealed record Order(int Number) { public int [|Id|] { get; } = 7; }")]
    public void A_member_whose_value_would_be_lost_is_an_error_at_the_member(string source) => Error("QS1007", source);

    [Fact]
    public void Each_wrong_member_has_an_error_of_its_own()
    {
        Compiled compiled = Compiled.From(Usings + "[StreamRecord] public sealed record Order(IThing A, int B, Plain C, Callback D);");
        Assert.Equal(3, compiled.Reported.Length);
        Assert.All(compiled.Reported, diagnostic => Assert.Equal("QS1001", diagnostic.Id));
        Assert.DoesNotContain(compiled.Compilation.SyntaxTrees, tree => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_type_that_does_not_exist_is_left_to_the_compiler()
    {
        Compiled compiled = Compiled.From(Usings + "[StreamRecord] public sealed record Order(int Id, Missing Thing);");
        Assert.Empty(compiled.Reported);
        Assert.All(compiled.Complaints, complaint => Assert.Equal("CS0246", complaint.Id));
    }

    [Fact]
    public void An_error_in_one_record_does_not_affect_others()
    {
        Compiled compiled = Compiled.From(
            Usings + "[StreamRecord] public sealed record Bad(IThing A); [StreamRecord] public sealed record Good(int A); "
                + "[StreamRecord] public sealed record Holder(Bad B);");
        Assert.Single(compiled.Reported);
        Assert.Equal(
            ["Good", "Holder"],
            compiled.Compilation.SyntaxTrees.Select(tree => Path.GetFileName(tree.FilePath).Split('.')[0].TrimStart('_')).Skip(1).Order());
    }

    private static string Error(string id, string source, bool onlyGenerator = false)
    {
        Compiled compiled = Compiled.From(Usings + source);
        Diagnostic error = Assert.Single(compiled.Reported);
        Assert.Equal((id, DiagnosticSeverity.Error, "User.cs"), (error.Id, error.Severity, error.Location.GetLineSpan().Path));
        Assert.Equal(compiled.Marked, error.Location.SourceSpan);
        if (!onlyGenerator)
        {
            Assert.DoesNotContain(compiled.Complaints, complaint => complaint.Severity == DiagnosticSeverity.Error);
        }

        return error.GetMessage(CultureInfo.InvariantCulture);
    }
}
