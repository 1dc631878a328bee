using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QueryStream.Generators.Tests.Driver;

/// <summary>In an editor the generator runs after every key stroke, so it must not repeat work.</summary>
public sealed class IncrementalTests
{
    private const string Source = "using QueryStream.Streams; [StreamRecord] public sealed record A(int Id, IThing Bad); "
        + "[StreamRecord] public sealed record B(int Id); public interface IThing;";

    [Fact]
    public void A_change_elsewhere_generates_nothing_again()
    {
        (CSharpCompilation compilation, _) = Compiled.Parse(Source);
        GeneratorDriver driver = Compiled.NewDriver().RunGenerators(compilation);
        driver = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("public sealed class Other { int x = 1; }")));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged], Reasons(driver, StreamRecordGenerator.RecordsStep));
        Assert.All(OutputReasons(driver), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_change_of_one_record_generates_only_that_one()
    {
        (CSharpCompilation compilation, _) = Compiled.Parse(Source);
        GeneratorDriver driver = Compiled.NewDriver().RunGenerators(compilation);
        SyntaxTree tree = compilation.SyntaxTrees[0];
        SyntaxTree changed = tree.WithChangedText(
            tree.GetText().Replace(Source.IndexOf("B(int Id)", StringComparison.Ordinal), "B(int Id)".Length, "B(long Id)"));
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(tree, changed));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified], Reasons(driver, StreamRecordGenerator.RecordsStep));
    }

    [Fact]
    public void The_pipeline_holds_no_symbols_and_no_trees()
    {
        (CSharpCompilation compilation, _) = Compiled.Parse(Source);
        GeneratorDriverRunResult run = Compiled.NewDriver().RunGenerators(compilation).GetRunResult();
        foreach ((object value, _) in run.Results[0].TrackedSteps[StreamRecordGenerator.RecordsStep].SelectMany(step => step.Outputs))
        {
            Visit(value, []);
        }
    }

    private static void Visit(object? value, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(
            value is ISymbol or Compilation or SyntaxNode or SyntaxTree or Location or SemanticModel, $"{value.GetType()} is in the pipeline.");
        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Visit(field.GetValue(value), seen);
        }

        bool isDefault = value.GetType().GetProperty("IsDefault")?.GetValue(value) is true;
        if (value is IEnumerable items && !isDefault)
        {
            foreach (object? item in items)
            {
                Visit(item, seen);
            }
        }
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorDriver driver, string step) =>
        driver.GetRunResult().Results[0].TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason);

    private static IEnumerable<IncrementalStepRunReason> OutputReasons(GeneratorDriver driver) =>
        driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs)
            .Select(output => output.Reason);
}
