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
    private readonly List<RestRoute> _routes = [];

    /// <summary>All routes so far.</summary>
    public IReadOnlyList<RestRoute> Routes => _routes;

    /// <summary>Maps an endpoint that answers with JSON and changes nothing.</summary>
    /// <param name="path">The path, as a route pattern.</param>
    /// <param name="summary">What it answers.</param>
    /// <param name="answer">Answers a request.</param>
    /// <param name="query">The parameters of its query.</param>
    /// <typeparam name="T">A type of <see cref="RestJson"/>.</typeparam>
    public void Get<T>(string path, string summary, Func<HttpContext, CoordinatorNode, T> answer, params IReadOnlyList<QueryParameter> query) =>
        Map(new RestRoute("GET", path, summary) { Query = query }, (context, coordinator) => Task.FromResult(answer(context, coordinator)));

    /// <summary>Maps an endpoint that answers with JSON.</summary>
    /// <param name="route">The route, whose answer is set here.</param>
    /// <param name="answer">Answers a request.</param>
    /// <typeparam name="T">A type of <see cref="RestJson"/>.</typeparam>
    public void Map<T>(RestRoute route, Func<HttpContext, CoordinatorNode, Task<T>> answer) =>
        MapOther(route with { Answer = RouteContent.Json<T>() }, async (context, coordinator) =>
            await RestJson.WriteAsync(context, await answer(context, coordinator).ConfigureAwait(false), route.Status).ConfigureAwait(false));

    /// <summary>Maps an endpoint that writes its answer itself.</summary>
    /// <param name="route">The route.</param>
    /// <param name="write">Answers a request.</param>
    public void MapOther(RestRoute route, Func<HttpContext, CoordinatorNode, Task> write)
    {
        _routes.Add(route);
        endpoints.MapMethods(
            prefix + route.Path, [route.Method], context => RestErrors.CatchAsync(context, () => LeadAsync(context, write)));
    }

    /// <summary>Answers wrong methods of the mapped paths as Flink does, with 404 and an error as JSON.</summary>
    public void MapOtherMethods()
    {
        foreach (string path in _routes.Select(route => route.Path).Distinct())
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
            throw new RestException(503, "No coordinator leads the cluster at the moment. Try again in a second.");
        }

        context.Response.Headers.Location = LeaderRedirect.AddressOf(context, leader).ToString();
        throw new RestException(307, $"This coordinator does not lead the cluster. The leader is {leader}");
    }
}
