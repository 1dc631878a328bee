using QueryStream.Core.Errors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Reading;

/// <summary>Answers questions about the keyed state of one task. Used in its turns, while it runs.</summary>
internal static class TaskStateReader
{
    /// <summary>Reads the state that is asked for. Never throws: a question must not fail the task.</summary>
    public static StateReadResult Read(TaskContext context, StateRead read)
    {
        TaskDeployment deployment = context.Deployment;
        if (deployment.Graph.RoutingOf(deployment.Vertex, deployment.RoutingVersion).SubtaskOf(read.Group) != deployment.Subtask)
        {
            return new StateReadResult.NotOwner($"{deployment.DisplayName} does not own key group {read.Group.Number}");
        }

        IStatefulOperator? found = context.Stateful.Find(one => one.Id == read.Operator);
        if (found is not IKeyedOperator keyed)
        {
            return new StateReadResult.Refused($"{deployment.DisplayName} has no operator {read.Operator} with keyed state.");
        }

        try
        {
            using KeyStateWriter output = new();
            keyed.ReadKey(read.Key, output);
            return new StateReadResult.Found(output.Finish());
        }
        catch (StateQueryException e)
        {
            return new StateReadResult.Refused(e.Message);
        }
        catch (Exception e)
        {
            // Code of the job: an aggregate may throw where it makes its result. Whoever asks learns it.
            return new StateReadResult.Refused($"The state of {found.Name} cannot be shown: {e.GetType().Name}: {e.Message}");
        }
    }
}
