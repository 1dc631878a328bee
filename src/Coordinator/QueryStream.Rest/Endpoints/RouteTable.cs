using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;

namespace QueryStream.Rest.Endpoints;

/// <summary>Maps endpoints that only the leading coordinator answers, and turns what they throw into answers.</summary>
/// <param name="endpoints">Where to map.</param>
/// <param name="prefix">The prefix of all paths.</param>
internal sealed class RouteTable(IEndpointRouteBuilder endpoints, string prefix)
{
    private readonly HashSet<string> _paths = [];

    /// <summary>Maps an endpoint.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path, as a route pattern.</param>
    /// <param name="answer">Answers a request.</param>
    public void Map(string method, string path, Func<HttpContext, CoordinatorNode, Task> answer)
    {
        _paths.Add(path);
        endpoints.MapMethods(prefix + path, [method], context => RestErrors.CatchAsync(context, () => LeadAsync(context, answer)));
    }

    /// <summary>Answers wrong methods of the mapped paths as Flink does, with 404 and an error as JSON.</summary>
    public void MapOtherMethods()
    {
        foreach (string path in _paths)
        {
            endpoints.Map(prefix + path, context => RestErrors.WriteAsync(
                context,
                new RestException(404, $"Not found: {context.Request.Method} {context.Request.Path}. docs/rest.md lists the methods.")));
        }
    }

    // 307, which HTTP clients follow with method and body; the body tells the others where to go. Flink's own client does not follow it and shows
    // the error.
    private static Task LeadAsync(HttpContext context, Func<HttpContext, CoordinatorNode, Task> answer)
    {
        ILeadership leadership = context.RequestServices.GetRequiredService<ILeadership>();
        if (leadership.Leading is { } coordinator)
        {
            return answer(context, coordinator);
        }

        if (leadership.LeaderAddress is not { } leader)
        {
            context.Response.Headers.RetryAfter = "1";
            throw new RestException(503, "No coordinator leads the cluster at the moment. Try again in a second.");
        }

        context.Response.Headers.Location = LeaderRedirect.AddressOf(context, leader).ToString();
        throw new RestException(307, $"This coordinator does not lead the cluster. The leader is {leader}");
    }
}
